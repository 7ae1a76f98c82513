// KERNEL.cu in three copies that must agree before every store; else the majority stores.
#include "KERNEL.cuh"

extern "C" __global__ void KERNEL_tmr(Parameters p0, Parameters p1, Parameters p2)
{
    VOTE;
}
