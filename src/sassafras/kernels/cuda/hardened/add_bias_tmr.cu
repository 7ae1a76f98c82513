// add_bias.cu in three copies, with a majority vote before every store.
#include "add_bias.cuh"

extern "C" __global__ void add_bias_tmr(AddBias p0, AddBias p1, AddBias p2)
{
    tmr(biased<0>(p0), biased<1>(p1), biased<2>(p2));
}
