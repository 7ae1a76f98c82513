/* Halves to integers (to zero, nearest, down) and integers to halves. */
extern "C" __global__ void integers(const unsigned short *h, const int *k, int *whole, unsigned short *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    int a, b, c;
    short s;
    asm("cvt.rzi.s32.f16 %0, %1;" : "=r"(a) : "h"(h[i]));
    asm("cvt.rni.s32.f16 %0, %1;" : "=r"(b) : "h"(h[i]));
    asm("cvt.rmi.u32.f16 %0, %1;" : "=r"(c) : "h"(h[i]));
    asm("cvt.rzi.s16.f16 %0, %1;" : "=h"(s) : "h"(h[i]));
    whole[i] = a; whole[n + i] = b; whole[2 * n + i] = c; whole[3 * n + i] = s;
    unsigned short x, y, z;
    asm("cvt.rn.f16.s32 %0, %1;" : "=h"(x) : "r"(k[i]));
    asm("cvt.rz.f16.u32 %0, %1;" : "=h"(y) : "r"(k[i]));
    asm("cvt.rn.f16.s16 %0, %1;" : "=h"(z) : "h"((short)k[i]));
    out[i] = x; out[n + i] = y; out[2 * n + i] = z;
}
