// The largest value; a NaN is kept: of each block of a map. One thread per block.
#include "reduce.cuh"

extern "C" __global__ void reduce_max(int n, int height, int width, int size_c, int size_h, int size_w,
                                      const float *input, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Blocks p = {height, width, size_c, size_h, size_w};
    output[id] = reduced(p, id, input, Largest(), 0);
}
