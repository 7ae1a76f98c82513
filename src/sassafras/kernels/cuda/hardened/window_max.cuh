// One copy of window_max.cu.
#include "one_result.cuh"
#include "../pool.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n;
    Windows windows;
    int grid_x, block_x, zero;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int id = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = id < p.n;
    float value = inside ? window_max_of(p.windows, id, p.input, p.zero) : 0.0f;
    return {mask(inside), {address(p.output + id)}, {__float_as_uint(value)}};
}
