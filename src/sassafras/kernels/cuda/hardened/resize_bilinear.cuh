// One copy of resize_bilinear.cu.
#include "one_result.cuh"
#include "../resize_bilinear.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n;
    Scaling scaling;
    int grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int id = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = id < p.n;
    float value = inside ? bilinear(p.scaling, id, p.input) : 0.0f;
    return {mask(inside), {address(p.output + id)}, {__float_as_uint(value)}};
}
