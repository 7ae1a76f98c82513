// activate_array.cu in three copies, with a majority vote before every store.
#include "activate_array.cuh"

extern "C" __global__ void activate_array_tmr(Activate p0, Activate p1, Activate p2)
{
    tmr(activated<0>(p0), activated<1>(p1), activated<2>(p2));
}
