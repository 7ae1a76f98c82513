// Applies an activation function in place. One thread per element.
#include "activate.cuh"

extern "C" __global__ void activate_array(float *x, int n, int a)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) x[i] = activate(x[i], a);
}
