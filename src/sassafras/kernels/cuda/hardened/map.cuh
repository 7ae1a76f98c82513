// One copy of a kernel that maps every element by itself. Before it comes its formula, with as many NUMBERS.
#include "one_result.cuh"

struct Parameters {
    const float *input;
    float *output;
    int n;
#if NUMBERS > 0
    float alpha;
#endif
#if NUMBERS > 1
    float beta;
#endif
    int grid_x, block_x;

    __device__ inline float mapped(float x) const
    {
#if NUMBERS > 1
        return formula(x, alpha, beta);
#elif NUMBERS > 0
        return formula(x, alpha);
#else
        return formula(x);
#endif
    }
};

template <int COPY> __device__ inline Result<1> copy(const Parameters &p)
{
    int i = thread_index<COPY>(p.grid_x, p.block_x);
    bool inside = i < p.n;
    float value = inside ? p.mapped(p.input[i]) : 0.0f;
    return {mask(inside), {address(p.output + i)}, {__float_as_uint(value)}};
}
