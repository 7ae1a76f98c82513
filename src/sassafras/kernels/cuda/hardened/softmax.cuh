// One copy of softmax.cu: a walk over the values of the thread's distribution.
// The plain kernel keeps exp(x) in the output between its two last loops; here each copy keeps its sum to itself
// and computes exp(x) twice, so that nothing unvoted is ever stored. The bits are the same.
#include "walk.cuh"
#define INFINITY __int_as_float(0x7f800000)

struct Softmax {
    const float *input;
    float *output;
    int n, batch, batch_offset, groups, group_offset, stride;
    float temp;
    int grid_x, block_x;
};

template <int COPY> struct SoftmaxWalk {
    const Softmax &p;
    const float *in;
    float *out;
    float largest, sum;
    int i, n;

    __device__ inline SoftmaxWalk(const Softmax &arguments) : p(arguments)
    {
        int id = thread_index<COPY>(p.grid_x, p.block_x);
        int offset = id / p.groups * p.batch_offset + id % p.groups * p.group_offset;
        in = p.input + offset;
        out = p.output + offset;
        n = id < p.batch * p.groups ? p.n : 0;
        largest = -INFINITY;
        sum = 0.0f;
        for (i = 0; i < n; ++i) {
            float val = in[i * p.stride];
            largest = (val > largest) ? val : largest;
        }
        for (i = 0; i < n; ++i) sum += power();
        i = 0;
    }

    __device__ inline float power() const { return expf(in[i * p.stride] / p.temp - largest / p.temp); }

    __device__ inline Result<1> result() const
    {
        bool inside = i < n;
        float value = inside ? power() / sum : 0.0f;
        return {mask(inside), {address(out + i * p.stride)}, {__float_as_uint(value)}};
    }

    __device__ inline void step() { ++i; }
};
