/* Sums, products, fused sums, quotients and roots in the three directed roundings (down, up, to zero). */
extern "C" __global__ void directed(const double *a, const double *b, const double *c, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double x = a[i], y = b[i], z = c[i];
    double *o = out + i;
    o[0 * n] = __dadd_rd(x, y); o[1 * n] = __dadd_ru(x, y); o[2 * n] = __dadd_rz(x, y);
    o[3 * n] = __dmul_rd(x, y); o[4 * n] = __dmul_ru(x, y); o[5 * n] = __dmul_rz(x, y);
    o[6 * n] = __fma_rd(x, y, z); o[7 * n] = __fma_ru(x, y, z); o[8 * n] = __fma_rz(x, y, z);
}
