/* Two halves in a word: sum and product of both pairs, packed again. */
static __device__ float wide(unsigned short h)
{
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h));
    return f;
}

static __device__ unsigned short narrow(float f)
{
    unsigned short h;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(f));
    return h;
}

extern "C" __global__ void pairs(const unsigned *a, const unsigned *b, unsigned *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    unsigned x = a[i], y = b[i];
    float xl = wide(x & 0xffff), xh = wide(x >> 16), yl = wide(y & 0xffff), yh = wide(y >> 16);
    out[i] = narrow(__fadd_rn(xl, yl)) | (unsigned)narrow(__fadd_rn(xh, yh)) << 16;
    out[n + i] = narrow(__fmul_rn(xl, yl)) | (unsigned)narrow(__fmul_rn(xh, yh)) << 16;
}
