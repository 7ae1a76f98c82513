// forward_maxpool.cu in three copies that must agree before every store; else the majority stores.
#include "forward_maxpool.cuh"

extern "C" __global__ void forward_maxpool_tmr(Maxpool p0, Maxpool p1, Maxpool p2)
{
    for (;;) tmr(pooled<0>(p0), pooled<1>(p1), pooled<2>(p2));
}
