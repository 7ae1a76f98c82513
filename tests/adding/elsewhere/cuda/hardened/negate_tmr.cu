// negate.cu in three copies that must agree before every store; else the majority stores.
#include "negate.cuh"

extern "C" __global__ void negate_tmr(Negate p0, Negate p1, Negate p2)
{
    for (;;) tmr(negated<0>(p0), negated<1>(p1), negated<2>(p2));
}
