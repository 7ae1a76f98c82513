// Best alignment scores of two sequences, tile by tile along diagonals: a tile needs those above and to its left.
// (The problem of the benchmark Needleman-Wunsch; this code is our own.) `scores` has a row and a column more.
#define SIDE 16
extern "C" __global__ void align(const int *similarity, int *scores, int n, int diagonal, int first, int gap) {
    __shared__ int held[SIDE + 1][SIDE + 1];
    int t = threadIdx.x, column = first + blockIdx.x, row = diagonal - column;
    int width = n + 1, top = row * SIDE * width + column * SIDE;
    if (t == 0) held[0][0] = scores[top];
    held[0][t + 1] = scores[top + t + 1];
    held[t + 1][0] = scores[top + (t + 1) * width];
    for (int step = 0; step < 2 * SIDE - 1; ++step) {
        __syncthreads();
        int x = t + 1, y = step - t + 1;
        if (y >= 1 && y <= SIDE) {
            int same = held[y - 1][x - 1] + similarity[(row * SIDE + y - 1) * n + column * SIDE + x - 1];
            int best = max(held[y - 1][x], held[y][x - 1]) - gap;
            held[y][x] = max(same, best);
        }
    }
    __syncthreads();
    for (int y = 1; y <= SIDE; ++y) scores[top + y * width + t + 1] = held[y][t + 1];
}
