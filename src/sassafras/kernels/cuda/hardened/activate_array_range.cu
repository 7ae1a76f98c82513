// activate_array.cu whose results are held within bounds: low where a result is a NaN. In place. One thread per element.
#include "../activate.cuh"

extern "C" __global__ void activate_array_range(float *x, int n, int a, float low, float high)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) x[i] = fminf(fmaxf(activate(x[i], a), low), high);
}
