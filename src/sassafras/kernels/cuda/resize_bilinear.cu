// A map of another size, each value between four of the input. One thread per value.
#include "resize_bilinear.cuh"

extern "C" __global__ void resize_bilinear(int n, int in_h, int in_w, int height, int width, const float *input,
                                           float scale_h, float shift_h, float scale_w, float shift_w,
                                           float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Scaling p = {in_h, in_w, height, width, scale_h, shift_h, scale_w, shift_w};
    output[id] = bilinear(p, id, input);
}
