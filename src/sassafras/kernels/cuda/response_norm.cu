// Local response normalisation over neighbouring channels. One thread per value.
#include "response_norm.cuh"

extern "C" __global__ void response_norm(int n, int channels, int pixels, int before, int after,
                                         const float *input, float bias, float scale, float exponent,
                                         float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Response p = {channels, pixels, before, after, bias, scale, exponent};
    output[id] = normalised(p, id, input);
}
