/* Doubles to and from integers of 32 and 64 bits and floats, nearest and directed. */
extern "C" __global__ void conversions(const double *a, const long long *k, long long *whole, double *wide,
                                       float *single, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double x = a[i];
    long long v = k[i];
    whole[i] = __double2ll_rn(x); whole[n + i] = __double2ll_rd(x); whole[2 * n + i] = __double2ll_rz(x);
    whole[3 * n + i] = (long long)__double2ull_ru(x);
    whole[4 * n + i] = __double2int_ru(x); whole[5 * n + i] = __double2uint_rd(x);
    wide[i] = __ll2double_rn(v); wide[n + i] = __ll2double_rd(v); wide[2 * n + i] = __ll2double_ru(v);
    wide[3 * n + i] = __ll2double_rz(v);
    wide[4 * n + i] = __ull2double_rn((unsigned long long)v);
    wide[5 * n + i] = __ull2double_ru((unsigned long long)v);
    wide[6 * n + i] = (double)(int)v; wide[7 * n + i] = (double)(unsigned short)v;
    single[i] = __double2float_rn(x); single[n + i] = __double2float_rd(x);
    single[2 * n + i] = __double2float_ru(x); single[3 * n + i] = __double2float_rz(x);
}
