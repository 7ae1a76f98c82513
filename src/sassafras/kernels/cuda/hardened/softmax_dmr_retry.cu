// softmax.cu in two copies, compared before every store; a third one decides where they differ.
#include "softmax.cuh"

extern "C" __global__ void softmax_dmr_retry(Softmax p0, Softmax p1, Softmax p2, int *detected,
                                             int *corrected)
{
    dmr_retry(SoftmaxWalk<0>(p0), SoftmaxWalk<1>(p1), [&] { return SoftmaxWalk<2>(p2); }, detected, corrected);
}
