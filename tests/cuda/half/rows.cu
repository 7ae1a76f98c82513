/* One row of a matrix of halves times a vector of halves per thread, summed in single precision. */
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

extern "C" __global__ void rows(const unsigned short *m, const unsigned short *v, unsigned short *out, int rows_, int columns)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= rows_)
        return;
    float sum = 0.0f;
#pragma unroll 1
    for (int c = 0; c < columns; c++)
        sum = __fmaf_rn(wide(m[r * columns + c]), wide(v[c]), sum);
    out[r] = narrow(sum);
}
