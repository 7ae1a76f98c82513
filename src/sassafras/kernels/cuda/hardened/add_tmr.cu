// add.cu in three copies that must agree before every store; else the majority stores.
#include "add.cuh"

extern "C" __global__ void add_tmr(Add p0, Add p1, Add p2)
{
    for (;;) tmr(added<0>(p0), added<1>(p1), added<2>(p2));
}
