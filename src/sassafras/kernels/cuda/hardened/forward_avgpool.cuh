// One copy of forward_avgpool.cu.
#include "one_result.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n, size, grid_x, block_x, zero;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int plane = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = plane < p.n;
    float value = 0.0f;
    if (inside) {
        for (int i = p.zero; i < p.size; ++i) value += p.input[plane * p.size + i];
        value = value / p.size;
    }
    return {mask(inside), {address(p.output + plane)}, {__float_as_uint(value)}};
}
