// The sum of each block of a map by DIVISOR: a mean, or with 1 a sum. One thread per block.
#include "reduce.cuh"

extern "C" __global__ void reduce_sum(int n, int height, int width, int size_c, int size_h, int size_w,
                                      const float *input, float divisor, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Blocks p = {height, width, size_c, size_h, size_w};
    output[id] = reduced(p, id, input, Sum(), 0) / divisor;
}
