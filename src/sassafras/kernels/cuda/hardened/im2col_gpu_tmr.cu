// im2col_gpu.cu in three copies that must agree before every store; else the majority stores.
#include "im2col_gpu.cuh"

extern "C" __global__ void im2col_gpu_tmr(Im2col p0, Im2col p1, Im2col p2)
{
    tmr<Im2colWalk<0>, Im2colWalk<1>, Im2colWalk<2>>(p0, p1, p2);
}
