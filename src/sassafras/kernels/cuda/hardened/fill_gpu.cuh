// One copy of fill_gpu.cu.
#include "one_result.cuh"

struct Parameters {
    float *x;
    int n;
    float alpha;
    int incx, grid_x, block_x;
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    return {mask(i < p.n), {address(p.x + i * p.incx)}, {__float_as_uint(p.alpha)}};
}
