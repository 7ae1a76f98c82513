// One copy of softmax.cu: a walk over the values of the thread's distribution.
// The plain kernel keeps exp(x) in the output between its two last loops; here each copy keeps its sum to itself
// and computes exp(x) twice, so that nothing unvoted is ever stored. The bits are the same.
#include "walk.cuh"
#define INFINITY __int_as_float(0x7f800000)

struct Parameters {
    const float *input;
    float *output;
    int n, batch, batch_offset, groups, group_offset, stride;
    float temp;
    int grid_x, block_x, zero;
};

template <int COPY> struct Walk {
    const Parameters &p;
    const float *in;
    float *out;
    float top, sum;
    int i, n;

    __device__ inline Walk(const Parameters &arguments) : p(arguments)
    {
        int id = thread_index<COPY>(p.grid_x, p.block_x);
        bool inside = id < p.batch * p.groups;
        int offset = inside ? id / p.groups * p.batch_offset + id % p.groups * p.group_offset : 0;
        in = p.input + offset;
        out = p.output + offset;
        n = inside ? p.n : 0;
        float largest = -INFINITY;
#pragma unroll 1
        for (i = p.zero; i < n; ++i) {
            float val = in[i * p.stride];
            largest = (val > largest) ? val : largest;
        }
        sum = top = 0.0f;
        if (n > 0) top = largest / p.temp;
#pragma unroll 1
        for (i = p.zero; i < n; ++i) sum += power();
        i = p.zero; // a plain 0 would be the same counter in every copy
    }

    __device__ inline float power() const { return expf(in[i * p.stride] / p.temp - top); }

    __device__ inline Result<1> result() const
    {
        bool inside = i < n;
        float value = inside ? power() / sum : 0.0f;
        return {mask(inside), {address(out + i * p.stride)}, {__float_as_uint(value)}};
    }

    __device__ inline void step() { ++i; }
};
