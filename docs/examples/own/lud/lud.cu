// Triangular factors of a matrix in its place, without pivots, in blocks of SIDE: the block on the diagonal, those of
// its row and column, then all that lie behind. (The problem of the benchmark LUD; this code is our own.)
#define SIDE 16
extern "C" __global__ void diagonal(float *m, int n, int at) {
    __shared__ float held[SIDE][SIDE];
    int t = threadIdx.x, first = at * n + at;
    for (int i = 0; i < SIDE; ++i) held[i][t] = m[first + i * n + t];
    __syncthreads();
    for (int i = 0; i < SIDE - 1; ++i) {
        if (t > i) {
            for (int j = 0; j < i; ++j) held[t][i] -= held[t][j] * held[j][i];
            held[t][i] /= held[i][i];
        }
        __syncthreads();
        if (t > i) {
            for (int j = 0; j <= i; ++j) held[i + 1][t] -= held[i + 1][j] * held[j][t];
        }
        __syncthreads();
    }
    for (int i = 0; i < SIDE; ++i) m[first + i * n + t] = held[i][t];
}

extern "C" __global__ void perimeter(float *m, int n, int at) {
    __shared__ float corner[SIDE][SIDE], row[SIDE][SIDE], column[SIDE][SIDE];
    int t = threadIdx.x % SIDE, other = at + (blockIdx.x + 1) * SIDE;
    bool down = threadIdx.x >= SIDE;
    for (int i = 0; i < SIDE; ++i) {
        if (down) column[i][t] = m[(other + i) * n + at + t];
        else {
            corner[i][t] = m[(at + i) * n + at + t];
            row[i][t] = m[(at + i) * n + other + t];
        }
    }
    __syncthreads();
    if (down) {
        for (int i = 0; i < SIDE; ++i) {
            for (int j = 0; j < i; ++j) column[t][i] -= column[t][j] * corner[j][i];
            column[t][i] /= corner[i][i];
        }
    } else {
        for (int i = 1; i < SIDE; ++i) {
            for (int j = 0; j < i; ++j) row[i][t] -= corner[i][j] * row[j][t];
        }
    }
    __syncthreads();
    for (int i = 0; i < SIDE; ++i) {
        if (down) m[(other + i) * n + at + t] = column[i][t];
        else m[(at + i) * n + other + t] = row[i][t];
    }
}

extern "C" __global__ void internal(float *m, int n, int at) {
    __shared__ float row[SIDE][SIDE], column[SIDE][SIDE];
    int x = threadIdx.x, y = threadIdx.y;
    int right = at + (blockIdx.x + 1) * SIDE + x, below = at + (blockIdx.y + 1) * SIDE + y;
    row[y][x] = m[(at + y) * n + right];
    column[y][x] = m[below * n + at + x];
    __syncthreads();
    float sum = 0.0f;
    for (int i = 0; i < SIDE; ++i) sum += column[y][i] * row[i][x];
    m[below * n + right] -= sum;
}
