// concatenate.cu in two copies, compared before every store; a third one decides where they differ.
#include "concatenate.cuh"

extern "C" __global__ void concatenate_dmr_retry(Concatenate p0, Concatenate p1, Concatenate p2, int *detected, int *corrected)
{
    dmr_retry(copied<0>(p0), copied<1>(p1), [&] { return copied<2>(p2); }, detected, corrected);
}
