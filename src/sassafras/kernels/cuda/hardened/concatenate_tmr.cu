// concatenate.cu in three copies that must agree before every store; else the majority stores.
#include "concatenate.cuh"

extern "C" __global__ void concatenate_tmr(Concatenate p0, Concatenate p1, Concatenate p2)
{
    for (;;) tmr(copied<0>(p0), copied<1>(p1), copied<2>(p2));
}
