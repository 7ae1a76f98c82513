/* CUDA's own exp, log, tanh and cbrt of doubles. */
extern "C" __global__ void transcendental(const double *a, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = exp(a[i]);
        out[n + i] = log(a[i]);
        out[2 * n + i] = tanh(a[i]);
        out[3 * n + i] = cbrt(a[i]);
    }
}
