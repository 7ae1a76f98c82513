/* Clamped and scaled activations of halves: relu, relu6, leaky. */
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

extern "C" __global__ void activations(const unsigned short *x, unsigned short *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    float f = wide(x[i]);
    out[i] = narrow(fmaxf(f, 0.0f));
    out[n + i] = narrow(fminf(fmaxf(f, 0.0f), 6.0f));
    out[2 * n + i] = narrow(f > 0.0f ? f : __fmul_rn(0.125f, f));
}
