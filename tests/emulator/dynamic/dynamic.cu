// Kernels whose shared memory comes with the launch, beside none and beside three floats of their own.
extern __shared__ float buffer[];

extern "C" __global__ void reverse(const float *in, float *out, int n) {
    int t = threadIdx.x;
    buffer[t] = in[blockIdx.x * n + t];
    __syncthreads();
    out[blockIdx.x * n + t] = buffer[n - 1 - t];
}

extern "C" __global__ void beside(const float *in, float *out, int n) {
    __shared__ float first[3];
    int t = threadIdx.x;
    if (t < 3) first[t] = in[t];
    buffer[t] = in[t];
    __syncthreads();
    out[t] = buffer[n - 1 - t] + first[t % 3];
}
