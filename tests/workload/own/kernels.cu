// Kernels that pass values on in every way that a launch can: a buffer that is swapped, indexes and loop counts
// that are data, shared memory, global memory inside a block, sums of all blocks.

extern "C" __global__ void diffuse(const float *old, float *now, int n, float rate) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    float here = old[y * n + x];
    if (x > 0 && y > 0 && x < n - 1 && y < n - 1) {
        float around = old[y * n + x - 1] + old[y * n + x + 1] + old[(y - 1) * n + x] + old[(y + 1) * n + x];
        here += rate * (around - 4.0f * here);
    }
    now[y * n + x] = here;
}

extern "C" __global__ void indexes(int *index, int *count, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        index[i] = (i * 7 + 3) % n;
        count[i] = i % 5;
    }
}

extern "C" __global__ void follow(const int *index, const int *count, const float *values, float *out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float sum = 0.0f;
    int at = i;
    for (int k = 0; k < count[i]; ++k) {
        at = index[at];
        sum += values[at];
    }
    out[i] = sum;
}

extern "C" __global__ void neighbours(const float *in, float *scratch, float *out) {
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    scratch[i] = 2.0f * in[i];
    __syncthreads();
    int other = blockIdx.x * blockDim.x + (t + 1) % blockDim.x;
    out[i] = scratch[i] + scratch[other];
}

extern "C" __global__ void reverse(const float *in, float *out) {
    extern __shared__ float row[];
    int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
    row[t] = in[i];
    __syncthreads();
    out[i] = row[blockDim.x - 1 - t];
}

extern "C" __global__ void histogram(const float *in, unsigned *bins, int n, int count) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) atomicAdd(&bins[(unsigned)(in[i] * 16.0f) % count], 1u);
}
