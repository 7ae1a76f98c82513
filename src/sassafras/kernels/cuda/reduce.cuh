// Blocks of size_c x size_h x size_w values that fill a map of rows of WIDTH and planes of HEIGHT rows.
#include "gather.cuh"

struct Blocks {
    int height, width, size_c, size_h, size_w;
};

// Gathers the values of block ID: channel by channel, row by row.
template <class Gather>
__device__ inline float reduced(const Blocks &p, int id, const float *input, Gather gather)
{
    int across = p.width / p.size_w;
    int down = p.height / p.size_h;
    int rest = id / across;
    const float *from = input + (rest / down * p.size_c * p.height + rest % down * p.size_h) * p.width;
    from += id % across * p.size_w;
    for (int c = 0; c < p.size_c; ++c) {
        for (int i = 0; i < p.size_h; ++i) {
#pragma unroll 1
            for (int j = 0; j < p.size_w; ++j) gather.value(from[(c * p.height + i) * p.width + j]);
        }
    }
    return gather.result;
}
