// The mean of the values under each window: their sum by the number of positions from low to end. One thread per
// window.
#include "pool.cuh"

extern "C" __global__ void window_mean(int n, int in_h, int in_w, int out_h, int out_w, int size_h, int size_w,
                                       int stride_h, int stride_w, int dilation_h, int dilation_w, int before_h,
                                       int before_w, int low_h, int low_w, int end_h, int end_w,
                                       const float *input, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Windows p = {in_h, in_w, out_h, out_w, size_h, size_w, stride_h, stride_w, dilation_h, dilation_w, before_h,
                 before_w};
    Counted counted = {low_h, low_w, end_h, end_w};
    output[id] = window_mean_of(p, counted, id, input, 0);
}
