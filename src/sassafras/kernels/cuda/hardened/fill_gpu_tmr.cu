// fill_gpu.cu in three copies that must agree before every store; else the majority stores.
#include "fill_gpu.cuh"

extern "C" __global__ void fill_gpu_tmr(Fill p0, Fill p1, Fill p2)
{
    for (;;) tmr(filled<0>(p0), filled<1>(p1), filled<2>(p2));
}
