/* counts[v] += how often v occurs: one RED per value. */
extern "C" __global__ void histogram(const int *values, unsigned *counts, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        atomicAdd(&counts[values[i]], 1u);
}
