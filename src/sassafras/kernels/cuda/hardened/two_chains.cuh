// Two copies of a gemm up to their results. The results of copies that did not take the same number of steps
// differ.
#include "gemm.cuh"

struct Pair {
    Result<1> first, second;
};

__device__ inline Pair chains(const Gemm &p0, const Gemm &p1, Tiles *tiles)
{
    Chain<0> a(p0, tiles[0]);
    Chain<1> b(p1, tiles[1]);
    while (a.more() & b.more()) {
        a.load();
        b.load();
        __syncthreads();
        a.add();
        b.add();
        __syncthreads();
    }
    Pair pair = {a.result(), b.result()};
    pair.first.inside ^= a.more() & 2u; // 0 at the end of all products
    pair.second.inside ^= b.more() & 4u;
    return pair;
}
