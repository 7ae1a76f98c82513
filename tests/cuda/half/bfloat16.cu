/* bfloat16 by integer operations, as sm_50 has no instruction for it: nearest even, NaN kept. */
extern "C" __global__ void bfloat16(const float *a, unsigned short *out, float *back, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    unsigned bits = __float_as_uint(a[i]);
    unsigned short b = a[i] != a[i] ? 0x7fff : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    out[i] = b;
    back[i] = __uint_as_float((unsigned)b << 16);
}
