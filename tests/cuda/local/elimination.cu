/* Solves a system of six equations per thread, with pivots chosen at run time. */
extern "C" __global__ void elimination(const float *systems, float *solutions)
{
    float a[6][7];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
#pragma unroll 1
    for (int i = 0; i < 42; i++)
        a[i / 7][i % 7] = systems[42 * t + i];
#pragma unroll 1
    for (int c = 0; c < 6; c++) {
        int p = c;
#pragma unroll 1
        for (int r = c + 1; r < 6; r++)
            if (fabsf(a[r][c]) > fabsf(a[p][c]))
                p = r;
#pragma unroll 1
        for (int k = 0; k < 7; k++) {
            float swap = a[p][k];
            a[p][k] = a[c][k];
            a[c][k] = swap;
        }
#pragma unroll 1
        for (int r = 0; r < 6; r++) {
            if (r == c)
                continue;
            float f = a[r][c] / a[c][c];
#pragma unroll 1
            for (int k = c; k < 7; k++)
                a[r][k] = a[r][k] - __fmul_rn(f, a[c][k]);
        }
    }
#pragma unroll 1
    for (int i = 0; i < 6; i++)
        solutions[6 * t + i] = a[i][6] / a[i][i];
}
