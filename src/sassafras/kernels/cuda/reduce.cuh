// Blocks of size_c x size_h x size_w values that fill a map of rows of WIDTH and planes of HEIGHT rows.
#include "gather.cuh"

struct Blocks {
    int height, width, size_c, size_h, size_w;
};

// Gathers the values of block ID: channel by channel, row by row.
// ZERO: where counting begins; a plain 0 would be one register of all copies of a hardened kernel.
template <class Gather>
__device__ inline float reduced(const Blocks &p, int id, const float *input, Gather gather, int zero)
{
    int across = p.width / p.size_w;
    int down = p.height / p.size_h;
    int rest = id / across;
    const float *from = input + (rest / down * p.size_c * p.height + rest % down * p.size_h) * p.width;
    from += id % across * p.size_w;
    for (int c = zero; c < p.size_c; ++c) {
        for (int i = zero; i < p.size_h; ++i) {
#pragma unroll 1
            for (int j = zero; j < p.size_w; ++j) gather.value(from[(c * p.height + i) * p.width + j]);
        }
    }
    return gather.result;
}
