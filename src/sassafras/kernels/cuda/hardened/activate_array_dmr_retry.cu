// activate_array.cu in two copies, compared before every store; a third one decides where they differ.
#include "activate_array.cuh"

extern "C" __global__ void activate_array_dmr_retry(Activate p0, Activate p1, Activate p2, int *detected,
                                                    int *corrected)
{
    dmr_retry(activated<0>(p0), activated<1>(p1), [&] { return activated<2>(p2); }, detected, corrected);
}
