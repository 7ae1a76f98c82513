// A map with FILL around it (or less, where BEFORE is negative), its rows and columns SPREAD apart. One thread per value.
#include "copy_padded.cuh"

extern "C" __global__ void copy_padded(int n, int in_c, int in_h, int in_w, int height, int width, int before_c,
                                       int before_h, int before_w, int spread_h, int spread_w, const float *input,
                                       float fill, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    Source p = {in_c, in_h, in_w, height, width, before_c, before_h, before_w, spread_h, spread_w};
    int from = source_of(p, id);
    output[id] = from < 0 ? fill : input[from];
}
