// One copy of reorg.cu.
#include "one_result.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n, channels, h, w, stride, grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = i < p.n;
    float value = 0.0f;
    if (inside) {
        int column = i % p.w;
        int rest = i / p.w;
        int row = rest % p.h;
        int channel = rest / p.h;
        int few = p.channels / (p.stride * p.stride);
        int part = channel / few;
        int x = column * p.stride + part % p.stride;
        int y = row * p.stride + part / p.stride;
        value = p.input[x + p.w * p.stride * (y + p.h * p.stride * (channel % few))];
    }
    return {mask(inside), {address(p.output + i)}, {__float_as_uint(value)}};
}
