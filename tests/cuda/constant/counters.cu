/* Variables of the module in global memory: with and without an initial value, kept between launches. */
__device__ int calls = 5;
__device__ unsigned seen[8];
extern "C" __global__ void counters(const int *values, int *out)
{
    int t = threadIdx.x;
    out[t] = calls * 100 + (int)seen[values[t] & 7];
    __syncthreads();
    if (t == 0)
        calls += 1;
    atomicAdd(&seen[values[t] & 7], 1u);
}

extern "C" __global__ void look(int *out)
{
    int t = threadIdx.x;
    out[t] = t == 8 ? calls : (int)seen[t];
}
