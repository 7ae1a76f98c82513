/* Atomic operations on a pointer that may mean shared or global memory. */
__device__ __noinline__ int bump(int *p, int v) { return atomicAdd(p, v); }
__device__ __noinline__ int swap(int *p, int old, int v) { return atomicCAS(p, old, v); }
__device__ __noinline__ unsigned long long wide(unsigned long long *p, unsigned long long v) { return atomicExch(p, v); }
__device__ __noinline__ float real(float *p, float v) { return atomicAdd(p, v); }

extern "C" __global__ void atomics(int *data, int *out, int global)
{
    __shared__ __align__(8) int s[128];
    int t = threadIdx.x;
#pragma unroll 1
    for (int i = t; i < 128; i += 32)
        s[i] = data[i];
    __syncthreads();
    int *p = global ? data : s;
    int found = bump(p + t % 4, t + 1);
    found ^= swap(p + 32 + t, 32 + t, found);
    found ^= (int)wide((unsigned long long *)(p + 64) + t % 8, (unsigned long long)t << 32 | 5);
    found ^= __float_as_int(real((float *)p + 96 + t, 0.5f));
    __syncthreads();
    out[t] = found;
    out[32 + t] = s[t];
    out[64 + t] = s[32 + t];
    out[96 + t] = s[64 + t];
    out[128 + t] = s[96 + t];
}
