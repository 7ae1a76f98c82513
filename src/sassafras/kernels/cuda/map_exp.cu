// e to the x: of every element. One thread per element.
#include "map_exp.cuh"

extern "C" __global__ void map_exp(int n, const float *input, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) output[i] = formula(input[i]);
}
