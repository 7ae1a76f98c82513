// negate.cu in two copies, compared before every store; a third one decides where they differ.
#include "negate.cuh"

extern "C" __global__ void negate_dmr_retry(Negate p0, Negate p1, Negate p2, int *detected, int *corrected)
{
    dmr_retry(negated<0>(p0), negated<1>(p1), [&] { return negated<2>(p2); }, detected, corrected);
}
