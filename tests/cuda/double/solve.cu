/* Gaussian elimination with partial pivoting of one 4 x 4 system per thread, in place. */
extern "C" __global__ void solve(double *a, double *b, int n)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n)
        return;
    double *m = a + 16 * t, *v = b + 4 * t;
#pragma unroll 1
    for (int c = 0; c < 4; c++) {
        int p = c;
#pragma unroll 1
        for (int r = c + 1; r < 4; r++)
            if (fabs(m[4 * r + c]) > fabs(m[4 * p + c]))
                p = r;
        if (p != c) {
#pragma unroll 1
            for (int k = 0; k < 4; k++) {
                double s = m[4 * c + k];
                m[4 * c + k] = m[4 * p + k];
                m[4 * p + k] = s;
            }
            double s = v[c];
            v[c] = v[p];
            v[p] = s;
        }
#pragma unroll 1
        for (int r = c + 1; r < 4; r++) {
            double f = m[4 * r + c] / m[4 * c + c];
#pragma unroll 1
            for (int k = c; k < 4; k++)
                m[4 * r + k] = __dsub_rn(m[4 * r + k], __dmul_rn(f, m[4 * c + k]));
            v[r] = __dsub_rn(v[r], __dmul_rn(f, v[c]));
        }
    }
#pragma unroll 1
    for (int r = 3; r >= 0; r--) {
        double s = v[r];
#pragma unroll 1
        for (int k = r + 1; k < 4; k++)
            s = __dsub_rn(s, __dmul_rn(m[4 * r + k], v[k]));
        v[r] = s / m[4 * r + r];
    }
}
