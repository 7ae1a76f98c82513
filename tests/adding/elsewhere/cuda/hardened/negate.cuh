// One copy of negate.cu.
#include "one_result.cuh"

struct Parameters {
    const unsigned *input;
    unsigned *output;
    int n, grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = i < p.n;
    unsigned value = inside ? p.input[i] ^ 0x80000000u : 0;
    return {mask(inside), {address(p.output + i)}, {value}};
}
