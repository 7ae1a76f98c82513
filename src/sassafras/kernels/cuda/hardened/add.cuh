// One copy of add.cu.
#include "one_result.cuh"

struct Parameters {
    const float *a;
    const float *b;
    float *output;
    int n, grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = i < p.n;
    float value = inside ? p.a[i] + p.b[i] : 0.0f;
    return {mask(inside), {address(p.output + i)}, {__float_as_uint(value)}};
}
