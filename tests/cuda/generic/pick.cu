/* One function, not inlined, that reads and writes through pointers to shared, local or global memory. */
__device__ __noinline__ float read(const float *p, int i) { return p[i]; }
__device__ __noinline__ void write(float *p, int i, float v) { p[i] = v; }

extern "C" __global__ void pick(float *data, float *out, int which)
{
    __shared__ float s[32];
    float l[32];
    int t = threadIdx.x;
    s[t] = t + 0.25f;
#pragma unroll 1
    for (int i = 0; i < 32; i++)
        l[i] = 100 * t + i;
    __syncthreads();
    float *p = which == 0 ? s : which == 1 ? l : data;
    float found = read(p, 31 - t);
    __syncthreads();
    write(p, t, found + 1);
    __syncthreads();
    out[t] = s[t] * 3 + l[t] + data[t];
}
