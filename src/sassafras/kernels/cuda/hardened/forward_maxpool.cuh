// One copy of forward_maxpool.cu.
#include "one_result.cuh"
#define INFINITY __int_as_float(0x7f800000)

struct Parameters {
    const float *input;
    float *output;
    int *indexes;
    int n, in_h, in_w, stride, size, pad, grid_x, block_x;
};

template <int COPY> __device__ inline Result<2> copy(const Parameters &p)
{
    int id = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = id < p.n;
    float max = -INFINITY;
    int max_i = -1;
    if (inside) {
        int h = (p.in_h + p.pad - p.size) / p.stride + 1;
        int w = (p.in_w + p.pad - p.size) / p.stride + 1;
        int j = id % w;
        int i = id / w % h;
        int plane = id / (w * h); // image * in_c + channel
        int offset = -(p.pad / 2);
        for (int l = 0; l < p.size; ++l) {
            for (int m = 0; m < p.size; ++m) {
                int cur_h = offset + i * p.stride + l;
                int cur_w = offset + j * p.stride + m;
                int index = cur_w + p.in_w * (cur_h + p.in_h * plane);
                bool valid = cur_h >= 0 && cur_h < p.in_h && cur_w >= 0 && cur_w < p.in_w;
                float val = valid ? p.input[index] : -INFINITY;
                max_i = (val > max) ? index : max_i;
                max = (val > max) ? val : max;
            }
        }
    }
    return {mask(inside),
            {address(p.output + id), address(p.indexes + id)},
            {__float_as_uint(max), (unsigned)max_i}};
}
