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
        for (int k = 0; k < 8; k++) {
            int a = (k & 1) + 1, nx = x + (k & 2 ? a : -a), ny = y + (k & 4 ? 3 - a : a - 3);
            if (nx < 0 || ny < 0 || nx >= side || ny >= side || distance[ny * side + nx] != 255)
                continue;
            distance[ny * side + nx] = distance[at] + 1;
            waiting[tail++] = ny * side + nx;
        }
    }
    steps[t] = distance[0];
}
