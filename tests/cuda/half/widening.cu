/* Halves to floats, one by one and from the halves of a word. */
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

extern "C" __global__ void widening(const unsigned short *a, const unsigned *pairs, float *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = wide(a[i]);
        out[n + i] = wide(pairs[i] & 0xffff);
        out[2 * n + i] = wide(pairs[i] >> 16);
    }
}
