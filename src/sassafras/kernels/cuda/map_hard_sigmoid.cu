// alpha x + beta held within 0 and 1; a NaN stays: of every element. One thread per element.
#include "map_hard_sigmoid.cuh"

extern "C" __global__ void map_hard_sigmoid(int n, const float *input, float *output, float alpha, float beta)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) output[i] = formula(input[i], alpha, beta);
}
