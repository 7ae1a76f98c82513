/* Sum of everything: the last block to finish adds up what the others have left. */
__device__ unsigned finished;

extern "C" __global__ void last_block(const int *values, int *partial, int *total, int n)
{
    __shared__ int sum[64];
    __shared__ bool last;
    int t = threadIdx.x, own = 0;
#pragma unroll 1
    for (int i = blockIdx.x * 64 + t; i < n; i += gridDim.x * 64)
        own += values[i];
    sum[t] = own;
    __syncthreads();
#pragma unroll 1
    for (int k = 32; k > 0; k >>= 1) {
        if (t < k)
            sum[t] += sum[t + k];
        __syncthreads();
    }
    if (t == 0) {
        partial[blockIdx.x] = sum[0];
        __threadfence();
        last = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && t == 0) {
        int all = 0;
#pragma unroll 1
        for (int b = 0; b < gridDim.x; b++)
            all += ((volatile int *)partial)[b];
        total[0] = all;
    }
}
