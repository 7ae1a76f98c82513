// Kernels in which threads touch the same bytes: races of every kind, and what is none.

// Threads of different warps store different values to one word of shared memory.
extern "C" __global__ void both_store(const int *in, int *out) {
    __shared__ int s;
    s = in[threadIdx.x];
    __syncthreads();
    out[threadIdx.x] = s;
}

// A thread reads what one of another warp has stored, with no barrier between.
extern "C" __global__ void no_barrier(const int *in, int *out) {
    __shared__ int s[64];
    int t = threadIdx.x;
    s[t] = in[t];
    out[t] = s[t ^ 32];
}

// A thread stores where one of another warp has read, with no barrier between.
extern "C" __global__ void too_early(const int *in, int *out) {
    __shared__ int s[64];
    int t = threadIdx.x;
    s[t] = in[t];
    __syncthreads();
    int x = s[t ^ 32];
    s[t] = x + 1;
    __syncthreads();
    out[t] = s[t];
}

// The same with the barrier.
extern "C" __global__ void in_time(const int *in, int *out) {
    __shared__ int s[64];
    int t = threadIdx.x;
    s[t] = in[t];
    __syncthreads();
    int x = s[t ^ 32];
    __syncthreads();
    s[t] = x + 1;
    out[t] = s[t];
}

// Warps of a block tell each other something through global memory, without a barrier.
extern "C" __global__ void through_global(const int *in, int *out) {
    int t = threadIdx.x;
    out[t] = in[t];
    out[t ^ 32] += 1;
}

// Every thread that finds something says so: all of them store 1.
extern "C" __global__ void any_found(const int *in, int *out) {
    if (in[blockIdx.x * blockDim.x + threadIdx.x] > 0) out[0] = 1;
}

// Blocks store different values to one word.
extern "C" __global__ void blocks_store(const int *in, int *out) {
    if (threadIdx.x == 0) out[0] = in[blockIdx.x * blockDim.x];
}

// A block reads what the one before it has stored.
extern "C" __global__ void blocks_read(const int *in, int *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i + blockDim.x] = out[i] + in[i];
}

// The last block to come adds what all have stored: the counter is atomic.
extern "C" __global__ void last_block(const int *in, int *out, unsigned *counter) {
    __shared__ int last;
    int b = blockIdx.x, n = gridDim.x;
    if (threadIdx.x == 0) {
        int sum = 0;
        for (int k = 0; k < blockDim.x; k++) sum += in[b * blockDim.x + k];
        out[1 + b] = sum;
        __threadfence();
        atomicAdd(counter, 1u);
        last = *(volatile unsigned *)counter == n;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        int sum = 0;
        for (int k = 0; k < n; k++) sum += ((volatile int *)out)[1 + k];
        out[0] = sum;
    }
}

// The same without waiting for anybody: whoever comes third in order adds.
extern "C" __global__ void third_block(const int *in, int *out, unsigned *counter) {
    int b = blockIdx.x;
    if (threadIdx.x == 0) {
        out[1 + b] = in[b * blockDim.x];
        if (b == 2) out[0] = out[1] + out[2] + out[3];
    }
}

// Counts by atomics.
extern "C" __global__ void counts(const int *in, int *out) {
    atomicAdd(out + (in[blockIdx.x * blockDim.x + threadIdx.x] & 3), 1);
}

// Neighbouring bytes, each of one thread.
extern "C" __global__ void bytes(const char *in, char *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    out[i] = in[i] + 1;
}

// Reads shared memory that nobody has written.
extern "C" __global__ void unwritten(const int *in, int *out) {
    __shared__ int s[64];
    int t = threadIdx.x;
    if (t < 40) s[t] = in[t];
    __syncthreads();
    out[t] = s[t];
}
