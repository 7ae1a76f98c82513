/* Sorts into buckets: each value gets the next place of its bucket (the counter's old value). */
extern "C" __global__ void places(const int *bucket, int *count, int *sorted, int capacity, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        sorted[bucket[i] * capacity + atomicAdd(&count[bucket[i]], 1)] = i;
}
