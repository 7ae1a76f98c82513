// activate_array.cu in three copies that must agree before every store; else the majority stores.
#include "activate_array.cuh"

extern "C" __global__ void activate_array_tmr(Activate p0, Activate p1, Activate p2)
{
    for (;;) tmr(activated<0>(p0), activated<1>(p1), activated<2>(p2));
}
