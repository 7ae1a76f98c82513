/* Quotients and roots in the three directed roundings (down, up, to zero). */
extern "C" __global__ void directed_quotients(const double *a, const double *b, double *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double x = a[i], y = b[i];
    double *o = out + i;
    o[0 * n] = __ddiv_rd(x, y); o[1 * n] = __ddiv_ru(x, y); o[2 * n] = __ddiv_rz(x, y);
    o[3 * n] = __dsqrt_rd(x); o[4 * n] = __dsqrt_ru(x); o[5 * n] = __dsqrt_rz(x);
}
