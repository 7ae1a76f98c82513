/* A function that is not inlined gets the address of an array on the caller's stack, and has one of its own. */
__device__ __noinline__ int folded(const int *values, int n, int seed)
{
    int own[8];
#pragma unroll 1
    for (int i = 0; i < 8; i++)
        own[i] = seed * (i + 1);
#pragma unroll 1
    for (int i = 0; i < n; i++)
        own[values[i] & 7] += values[i];
    return own[seed & 7] ^ own[n & 7];
}

__device__ __noinline__ void filled(int *values, int n, int seed)
{
#pragma unroll 1
    for (int i = 0; i < n; i++)
        values[i] = seed = seed * 1103515245 + 12345;
}

extern "C" __global__ void callee(int *out, int n)
{
    int values[12];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
    filled(values, n, t);
    out[t] = folded(values, n, t) + values[t % n];
}
