// forward_maxpool.cu in two copies, compared before every store; a third one decides where they differ.
#include "forward_maxpool.cuh"

extern "C" __global__ void forward_maxpool_dmr_retry(Maxpool p0, Maxpool p1, Maxpool p2, int *detected,
                                                     int *corrected)
{
    dmr_retry(pooled<0>(p0), pooled<1>(p1), [&] { return pooled<2>(p2); }, detected, corrected);
}
