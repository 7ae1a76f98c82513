// KERNEL.cu in two copies, compared before every store; a third one decides where they differ.
#include "KERNEL.cuh"

extern "C" __global__ void KERNEL_dmr_retry(Parameters p0, Parameters p1, Parameters p2, int *detected,
                                            int *corrected)
{
    dmr_retry(MADE(0), MADE(1), [&] { return MADE(2); }, detected, corrected);
}
