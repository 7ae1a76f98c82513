// A map out of the values of another, at steps of its own along every axis. One thread per value.
#include "copy_strided.cuh"

extern "C" __global__ void copy_strided(int n, int height, int width, int offset, int step_c, int step_h,
                                        int step_w, const float *input, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Source p = {height, width, offset, step_c, step_h, step_w};
    output[id] = input[source_of(p, id)];
}
