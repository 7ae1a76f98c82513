// add_bias.cu in two copies, compared before every store.
#include "add_bias.cuh"

extern "C" __global__ void add_bias_dmr(AddBias p0, AddBias p1, int *detected)
{
    dmr(biased<0>(p0), biased<1>(p1), detected);
}
