/* IEEE division, reciprocal and square root, compiled to seeds (RCP64H, RSQ64H) and Newton steps. */
extern "C" __global__ void quotients(const double *a, const double *b, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = a[i] / b[i];
        out[n + i] = 1.0 / b[i];
        out[2 * n + i] = sqrt(a[i]);
    }
}
