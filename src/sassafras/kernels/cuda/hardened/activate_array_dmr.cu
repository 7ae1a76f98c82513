// activate_array.cu in two copies, compared before every store.
#include "activate_array.cuh"

extern "C" __global__ void activate_array_dmr(Activate p0, Activate p1, int *detected)
{
    dmr(activated<0>(p0), activated<1>(p1), detected);
}
