// One copy of forward_crop.cu.
#include "one_result.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n, h, w, crop_h, crop_w, top, left;
    float scale, translate;
    int grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = i < p.n;
    float value = 0.0f;
    if (inside) {
        int column = i % p.crop_w + p.left;
        int rest = i / p.crop_w;
        int row = rest % p.crop_h + p.top;
        int plane = rest / p.crop_h;
        value = p.input[(plane * p.h + row) * p.w + column] * p.scale + p.translate;
    }
    return {mask(inside), {address(p.output + i)}, {__float_as_uint(value)}};
}
