// Raises `detected` where one of n values is NaN or infinite.
#include "copies.cuh"
#define EXPONENT 0x7f800000u

extern "C" __global__ void guard(int n, const float *x, int *detected)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    if ((__float_as_uint(x[i]) & EXPONENT) == EXPONENT) raise(detected);
}
