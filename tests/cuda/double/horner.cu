/* A polynomial of degree 5 at every point, by Horner with one rounding per operation. */
extern "C" __global__ void horner(const double *x, const double *c, double *y, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double value = c[5];
    for (int k = 4; k >= 0; k--)
        value = __dadd_rn(__dmul_rn(value, x[i]), c[k]);
    y[i] = value;
}
