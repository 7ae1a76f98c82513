/* Floats to halves in four roundings, and clamped to [0, 1]. */
#define TO_HALF(name, how)                                         \
    static __device__ unsigned short name(float f)                 \
    {                                                              \
        unsigned short h;                                          \
        asm("cvt." how ".f16.f32 %0, %1;" : "=h"(h) : "f"(f));     \
        return h;                                                  \
    }
TO_HALF(nearest, "rn")
TO_HALF(down, "rm")
TO_HALF(up, "rp")
TO_HALF(zero, "rz")
TO_HALF(clamped, "rn.sat")

extern "C" __global__ void narrowing(const float *a, unsigned short *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        out[i] = nearest(a[i]);
        out[n + i] = down(a[i]);
        out[2 * n + i] = up(a[i]);
        out[3 * n + i] = zero(a[i]);
        out[4 * n + i] = clamped(a[i]);
    }
}
