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
    // A thread goes on while either copy does: its neighbours need what it loads.
    while (a.more() | b.more()) {
        a.load();
        b.load();
        __syncthreads();
        a.add();
        b.add();
        __syncthreads();
    }
    Pair pair = {a.result(), b.result()};
    // Both are at the end of their products; each asks the other's k, or the compiler would know the answer.
    pair.first.inside ^= mask(a.k0 < p1.k) & 2u;
    pair.second.inside ^= mask(b.k0 < p0.k) & 4u;
    return pair;
}
