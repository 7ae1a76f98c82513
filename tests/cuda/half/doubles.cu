/* Doubles to halves in one rounding, and back. */
extern "C" __global__ void doubles(const double *a, const unsigned short *h, unsigned short *out, double *wide, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        unsigned short s;
        asm("cvt.rn.f16.f64 %0, %1;" : "=h"(s) : "d"(a[i]));
        out[i] = s;
        asm("cvt.f64.f16 %0, %1;" : "=d"(wide[i]) : "h"(h[i]));
    }
}
