// fill_gpu.cu in three copies, with a majority vote before every store.
#include "fill_gpu.cuh"

extern "C" __global__ void fill_gpu_tmr(Fill p0, Fill p1, Fill p2)
{
    tmr(filled<0>(p0), filled<1>(p1), filled<2>(p2));
}
