// The largest value under each window; a NaN is kept. One thread per window.
#include "pool.cuh"

extern "C" __global__ void window_max(int n, int in_h, int in_w, int out_h, int out_w, int size_h, int size_w,
                                      int stride_h, int stride_w, int dilation_h, int dilation_w, int before_h,
                                      int before_w, const float *input, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Windows p = {in_h, in_w, out_h, out_w, size_h, size_w, stride_h, stride_w, dilation_h, dilation_w, before_h,
                 before_w};
    output[id] = window_max_of(p, id, input, 0);
}
