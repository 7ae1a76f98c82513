// gemm.cu in three copies, with a majority vote on the way round the loop, that must agree before the store; else
// the majority stores. Where there is none the thread computes its chains once more, alone.
#include "gemm.cuh"
#include "one_result.cuh"

// Whether the majority is at the end of the products. Asked twice: one wrong guard alone ends nothing (a call, or
// ptxas would make one guard of the two).
__device__ __noinline__ bool finished(int a, int b, int c, int k) { return (int)majority(a, b, c) >= k; }

extern "C" __global__ void gemm_tmr(Gemm p0, Gemm p1, Gemm p2)
{
    __shared__ Tiles tiles[3];
    Chain<0> a(p0, tiles[0]);
    Chain<1> b(p1, tiles[1]);
    Chain<2> c(p2, tiles[2]);
    for (;;) {
        if ((int)majority(a.k0, b.k0, c.k0) >= p0.k) {
            if (finished(c.k0, a.k0, b.k0, p1.k)) break;
        }
        a.load();
        b.load();
        c.load();
        __syncthreads();
        a.add();
        b.add();
        c.add();
        __syncthreads();
    }
    tmr(a.result(), b.result(), c.result());
    for (;;) tmr(recomputed<0>(p0), recomputed<1>(p1), recomputed<2>(p2));
}
