// A map of another size, of the nearest values. One thread per value.
#include "resize_nearest.cuh"

extern "C" __global__ void resize_nearest(int n, int in_h, int in_w, int height, int width, int times_h,
                                          int plus_h, int by_h, int times_w, int plus_w, int by_w,
                                          const float *input, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Source p = {in_h, in_w, height, width, times_h, plus_h, by_h, times_w, plus_w, by_w};
    output[id] = input[source_of(p, id)];
}
