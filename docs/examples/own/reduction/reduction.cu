// The sum of a warp's values: each step adds those of the lanes so many further on. Lane 0 gets the whole.
__device__ float sum_of_warp(float value) {
    for (int away = 16; away > 0; away /= 2) value += __shfl_down_sync(0xffffffffu, value, away);
    return value;
}

// A sum for each block: of its threads' values, warp by warp, then of the warps' sums in the first warp.
extern "C" __global__ void sum_blocks(const float *in, float *sums, int n) {
    __shared__ float of_warp[32];
    float sum = 0.0f;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) sum += in[i];
    sum = sum_of_warp(sum);
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    if (lane == 0) of_warp[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        sum = sum_of_warp(lane < blockDim.x / 32 ? of_warp[lane] : 0.0f);
        if (lane == 0) sums[blockIdx.x] = sum;
    }
}
