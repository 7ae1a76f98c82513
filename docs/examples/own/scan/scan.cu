// Sums of all values up to each one, of blocks of twice as many values as threads (Blelloch), then of all blocks.
extern "C" __global__ void scan_blocks(const float *in, float *out, float *sums) {
    __shared__ float held[256];
    int t = threadIdx.x, n = 2 * blockDim.x, first = blockIdx.x * n;
    held[2 * t] = in[first + 2 * t];
    held[2 * t + 1] = in[first + 2 * t + 1];
    int offset = 1;
    for (int d = n / 2; d > 0; d /= 2) {
        __syncthreads();
        if (t < d) held[offset * (2 * t + 2) - 1] += held[offset * (2 * t + 1) - 1];
        offset *= 2;
    }
    __syncthreads();
    if (t == 0) {
        sums[blockIdx.x] = held[n - 1];
        held[n - 1] = 0.0f;
    }
    for (int d = 1; d < n; d *= 2) {
        offset /= 2;
        __syncthreads();
        if (t < d) {
            int a = offset * (2 * t + 1) - 1, b = offset * (2 * t + 2) - 1;
            float kept = held[a];
            held[a] = held[b];
            held[b] += kept;
        }
    }
    __syncthreads();
    out[first + 2 * t] = held[2 * t] + in[first + 2 * t];
    out[first + 2 * t + 1] = held[2 * t + 1] + in[first + 2 * t + 1];
}

extern "C" __global__ void add_sums(float *out, const float *sums) {
    float before = 0.0f;
    for (int k = 0; k < blockIdx.x; ++k) before += sums[k];
    out[blockIdx.x * blockDim.x + threadIdx.x] += before;
}
