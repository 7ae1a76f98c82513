/* A histogram of each block in shared memory, added to the whole one; and its largest value. */
extern "C" __global__ void shared_histogram(const int *values, unsigned *counts, unsigned *largest, int n)
{
    __shared__ unsigned own[32];
    __shared__ unsigned most[4];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    if (t < 32)
        own[t] = 0;
    if (t < 4)
        most[t] = 0;
    __syncthreads();
    if (i < n) {
        atomicAdd(&own[values[i] & 31], 1u);
        atomicMax(&most[values[i] & 3], (unsigned)values[i]);
    }
    __syncthreads();
    if (t < 32)
        atomicAdd(&counts[t], own[t]);
    if (t < 4)
        atomicMax(&largest[t], most[t]);
}
