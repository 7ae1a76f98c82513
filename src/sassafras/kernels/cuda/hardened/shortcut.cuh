// One copy of shortcut.cu.
#include "one_result.cuh"

struct Parameters {
    const float *add;
    float *output;
    int n, stride, w, grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = i < p.n;
    float value = 0.0f;
    if (inside) {
        int column = i % p.w;
        int row = i / p.w;
        value = p.output[i] + p.add[(row * p.w * p.stride + column) * p.stride];
    }
    return {mask(inside), {address(p.output + i)}, {__float_as_uint(value)}};
}
