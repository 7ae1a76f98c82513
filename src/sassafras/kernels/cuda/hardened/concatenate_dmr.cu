// concatenate.cu in two copies, compared before every store.
#include "concatenate.cuh"

extern "C" __global__ void concatenate_dmr(Concatenate p0, Concatenate p1, int *detected)
{
    dmr(copied<0>(p0), copied<1>(p1), detected);
}
