// x / (1 + exp(-x)): of every element. One thread per element.
#include "map_silu.cuh"

extern "C" __global__ void map_silu(int n, const float *input, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) output[i] = formula(input[i]);
}
