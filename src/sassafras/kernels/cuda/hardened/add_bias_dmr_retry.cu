// add_bias.cu in two copies, compared before every store; a third one decides where they differ.
#include "add_bias.cuh"

extern "C" __global__ void add_bias_dmr_retry(AddBias p0, AddBias p1, AddBias p2, int *detected,
                                              int *corrected)
{
    dmr_retry(biased<0>(p0), biased<1>(p1), [&] { return biased<2>(p2); }, detected, corrected);
}
