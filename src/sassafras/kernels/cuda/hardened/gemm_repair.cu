// Computes again what `gemm_check` has flagged: C = W D, an element at a time, straight from memory, in the order
// of gemm.cu and so to the same bits. What differs from memory is stored, and only then `corrected` is raised:
// whatever the flags say, a product that is right stays as it is, and no alarm is raised.
//
// One thread per element of C. W is rows x k, D is k x columns, C is rows x columns; D and C may have longer rows.
// Flags are those of groups of 2^shift rows, as `gemm_check` leaves them.
#include "copies.cuh"

extern "C" __global__ void gemm_repair(int rows, int columns, int k, int shift, const int *flags, const float *w,
                                       const float *d, int ldd, float *c, int ldc, int *corrected)
{
    int column = blockIdx.x * blockDim.x + threadIdx.x;
    int row = blockIdx.y * blockDim.y + threadIdx.y;
    if (row >= rows || column >= columns) return;
    if (!flags[(row >> shift) * columns + column]) return;
    float sum = 0.0f;
    const float *a = w + row * k;
    for (int i = 0; i < k; ++i) sum = fmaf(a[i], d[i * ldd + column], sum);
    float *place = c + row * ldc + column;
    if (__float_as_uint(*place) != __float_as_uint(sum)) {
        *place = sum;
        raise(corrected);
    }
}
