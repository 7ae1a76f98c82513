// Variables of a cubin, and functions that are not in it.

__constant__ float coef[3] = {1.0f, 2.0f, 3.0f};
__constant__ float unset[2];
__device__ unsigned calls = 5;
__device__ float last[64];

extern "C" __global__ void polynomial(const float *in, float *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float x = in[i];
    out[i] = coef[0] + x * (coef[1] + x * coef[2]) + unset[i % 2];
    last[i] = x;
    if (threadIdx.x == 0) atomicAdd(&calls, 1u);
}

extern "C" __global__ void tell(unsigned *count, float *out) {
    if (threadIdx.x == 0) count[0] = calls;
    out[threadIdx.x] = last[32 + threadIdx.x] + coef[threadIdx.x % 3];
}

extern "C" __global__ void checked(const float *in, float *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float x = in[i];
    assert(x >= 0.0f);
    out[i] = 2.0f * x;
}

extern "C" __global__ void told(const float *in, float *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (in[i] < 0.0f) printf("%d: %f\n", i, in[i]);
    out[i] = in[i];
}

extern "C" __global__ void grown(int *out) {
    int *p = (int *)malloc(64);
    p[threadIdx.x % 16] = 3;
    out[threadIdx.x] = p[0];
    free(p);
}
