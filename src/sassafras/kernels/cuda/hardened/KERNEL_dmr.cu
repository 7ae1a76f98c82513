// KERNEL.cu in two copies, compared before every store.
#include "KERNEL.cuh"

extern "C" __global__ void KERNEL_dmr(Parameters p0, Parameters p1, int *detected)
{
    dmr(MADE(0), MADE(1), detected);
}
