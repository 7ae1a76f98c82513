// add_bias.cu in three copies that must agree before every store; else the majority stores.
#include "add_bias.cuh"

extern "C" __global__ void add_bias_tmr(AddBias p0, AddBias p1, AddBias p2)
{
    for (;;) tmr(biased<0>(p0), biased<1>(p1), biased<2>(p2));
}
