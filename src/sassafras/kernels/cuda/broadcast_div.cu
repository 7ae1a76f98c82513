// a / b of n values in rows of SIZE. Where a or b has fewer, their steps from row to row (outer) or within a row
// (inner) are 0. One thread per value.
#include "broadcast_div.cuh"

extern "C" __global__ void broadcast_div(int n, int size, const float *a, int a_outer, int a_inner, const float *b,
                                         int b_outer, int b_inner, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int row = i / size;
    int column = i % size;
    output[i] = formula(a[row * a_outer + column * a_inner], b[row * b_outer + column * b_inner]);
}
