/* y = a x + y on halves: computed in single precision, rounded once. */
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

extern "C" __global__ void axpy(unsigned short a, const unsigned short *x, unsigned short *y, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        y[i] = narrow(__fadd_rn(__fmul_rn(wide(a), wide(x[i])), wide(y[i])));
}
