/* To integral values: nearest even, down, up, to zero, half away from zero. */
extern "C" __global__ void integral(const double *a, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = rint(a[i]);
        out[n + i] = floor(a[i]);
        out[2 * n + i] = ceil(a[i]);
        out[3 * n + i] = trunc(a[i]);
        out[4 * n + i] = round(a[i]);
    }
}
