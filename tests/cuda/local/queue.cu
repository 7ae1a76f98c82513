/* Steps of a knight from each square of a small board to square 0: breadth first, a queue per thread. */
extern "C" __global__ void queue(int *steps, int side)
{
    unsigned char waiting[64], distance[64];
    int t = threadIdx.x, head = 0, tail = 0;
#pragma unroll 1
    for (int i = 0; i < 64; i++)
        distance[i] = 255;
    if (t >= side * side)
        return;
    distance[t] = 0;
    waiting[tail++] = t;
    while (head < tail) {
        int at = waiting[head++], x = at % side, y = at / side;
#pragma unroll 1
        for (int v = max(y - 2, 0); v <= min(y + 2, side - 1); v++)
#pragma unroll 1
            for (int u = max(x - 2, 0); u <= min(x + 2, side - 1); u++) {
                if ((u - x) * (u - x) + (v - y) * (v - y) != 5 || distance[v * side + u] != 255)
                    continue;
                distance[v * side + u] = distance[at] + 1;
                waiting[tail++] = v * side + u;
            }
    }
    steps[t] = distance[0];
}
