// im2col_gpu.cu in two copies, compared before every store; a third one decides where they differ.
#include "im2col_gpu.cuh"

extern "C" __global__ void im2col_gpu_dmr_retry(Im2col p0, Im2col p1, Im2col p2, int *detected,
                                                int *corrected)
{
    dmr_retry(Im2colWalk<0>(p0), Im2colWalk<1>(p1), [&] { return Im2colWalk<2>(p2); }, detected, corrected);
}
