#include "selected_parts.cuh"

extern "C" __global__ void __launch_bounds__(TILE *TILE, 8) gemm_selective(Gemm p0, Gemm p1, Gemm p2)
{
    selective<true, true>(p0, p1, p2);
}
