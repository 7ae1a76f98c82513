// One copy of copy_padded.cu.
#include "one_result.cuh"
#include "../copy_padded.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n;
    Source source;
    float fill;
    int grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int id = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = id < p.n;
    int from = inside ? source_of(p.source, id) : -1;
    float value = from < 0 ? p.fill : p.input[from];
    return {mask(inside), {address(p.output + id)}, {__float_as_uint(value)}};
}
