// C += A * B, row major: A is m x k, B is k x n, C is m x n.
// transpose_b: B is stored n x k (the weights of a connected layer).
// One thread per element of C. A block owns a TILE x TILE tile of C and walks along k in steps of TILE
// through shared memory. Each element is one chain: C, then a fused multiply-add per k, in order of k.
#define TILE 16

extern "C" __global__ void gemm(int transpose_b, int m, int n, int k, const float *a, int lda, const float *b,
                                int ldb, float *c, int ldc)
{
    __shared__ float a_tile[TILE][TILE + 1];
    __shared__ float b_tile[TILE][TILE + 1];
    int tx = threadIdx.x;
    int ty = threadIdx.y;
    int row = blockIdx.y * TILE + ty;
    int column = blockIdx.x * TILE + tx;
    bool inside = row < m && column < n;
    float sum = inside ? c[row * ldc + column] : 0.0f;
    for (int k0 = 0; k0 < k; k0 += TILE) {
        a_tile[ty][tx] = (row < m && k0 + tx < k) ? a[row * lda + k0 + tx] : 0.0f;
        if (transpose_b) {
            // Neighbouring threads read neighbouring k, so that the loads stay coalesced.
            int b_row = blockIdx.x * TILE + ty;
            b_tile[tx][ty] = (b_row < n && k0 + tx < k) ? b[b_row * ldb + k0 + tx] : 0.0f;
        } else {
            b_tile[ty][tx] = (k0 + ty < k && column < n) ? b[(k0 + ty) * ldb + column] : 0.0f;
        }
        __syncthreads();
        if (inside) {
            int steps = min(TILE, k - k0);
            if (steps == TILE) {
#pragma unroll
                for (int i = 0; i < TILE; ++i) sum = fmaf(a_tile[ty][i], b_tile[i][tx], sum);
            } else {
                for (int i = 0; i < steps; ++i) sum = fmaf(a_tile[ty][i], b_tile[i][tx], sum);
            }
        }
        __syncthreads();
    }
    if (inside) c[row * ldc + column] = sum;
}
