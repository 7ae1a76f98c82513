/* Two pictures blended by an alpha byte of the second: floats from selected bytes of words. */
extern "C" __global__ void blend(const unsigned *under, const unsigned *over, unsigned *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    unsigned u = under[i], o = over[i], word = 0;
    float alpha = __fdiv_rn((float)(o >> 24), 255.0f);
    for (int k = 0; k < 3; k++) {
        float a = (float)(unsigned char)(u >> 8 * k), b = (float)(unsigned char)(o >> 8 * k);
        float mixed = __fadd_rn(a, __fmul_rn(alpha, __fsub_rn(b, a)));
        word |= (unsigned)__float2uint_rn(mixed) << 8 * k;
    }
    out[i] = word | 0xff000000u;
}
