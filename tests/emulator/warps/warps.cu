// Kernels whose lanes speak to each other: by shuffles, votes, shared memory without barriers, named barriers.
#define ALL 0xffffffffu

// Sum of each warp, by a butterfly of shuffles; every lane stores it.
extern "C" __global__ void butterfly(const float *in, float *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float x = in[i];
    for (int k = 16; k > 0; k >>= 1) x += __shfl_xor_sync(ALL, x, k);
    out[i] = x;
}

// Inclusive sums of each warp (SHFL.UP with its predicate).
extern "C" __global__ void scan(const unsigned *in, unsigned *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = i & 31;
    unsigned x = in[i];
    for (int k = 1; k < 32; k <<= 1) {
        unsigned y = __shfl_up_sync(ALL, x, k);
        if (lane >= k) x += y;
    }
    out[i] = x;
}

// Sums of segments of eight lanes, to the first of each (SHFL.DOWN with a width).
extern "C" __global__ void segments(const int *in, int *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int x = in[i];
    for (int k = 4; k > 0; k >>= 1) x += __shfl_down_sync(ALL, x, k, 8);
    out[i] = x;
}

// Each lane reads the lane that its value names (SHFL.IDX, lanes from registers).
extern "C" __global__ void pick(const int *in, int *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int x = in[i];
    out[i] = __shfl_sync(ALL, x, x) * 100 + __shfl_sync(ALL, x, x, 4);
}

// The positive values of each warp side by side, and how many there are (ballot, SR_LTMASK, POPC).
extern "C" __global__ void compact(const int *in, int *out, unsigned *counts) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = i & 31;
    int x = in[i];
    unsigned mask = __ballot_sync(ALL, x > 0);
    unsigned below;
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(below));
    if (x > 0) out[(i & ~31) + __popc(mask & below)] = x;
    if (lane == 0) counts[i / 32] = __popc(mask);
}

// all, any and uni over warps, as three bits (VOTE.ALL, .ANY, .EQ).
extern "C" __global__ void votes(const int *in, int *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int p = in[i] > 0, all, any, uni;
    asm volatile("{ .reg .pred a, b; setp.ne.s32 a, %1, 0; vote.all.pred b, a; selp.s32 %0, 1, 0, b; }" : "=r"(all) : "r"(p));
    asm volatile("{ .reg .pred a, b; setp.ne.s32 a, %1, 0; vote.any.pred b, a; selp.s32 %0, 1, 0, b; }" : "=r"(any) : "r"(p));
    asm volatile("{ .reg .pred a, b; setp.ne.s32 a, %1, 0; vote.uni.pred b, a; selp.s32 %0, 1, 0, b; }" : "=r"(uni) : "r"(p));
    out[i] = all + 2 * any + 4 * uni;
}

// Lanes that go different ways shuffle and vote on each way, among those that take it.
extern "C" __global__ void divergent(const int *in, int *out, unsigned *masks) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = i & 31;
    int x = in[i], y;
    unsigned m;
    if (lane % 3 == 0) {
        for (y = 0; y < x; y++) x -= 1;
        y = __shfl_sync(0x49249249u, x, 27) + 1000;
        m = __activemask();
    } else {
        y = __shfl_sync(0xb6db6db6u, x, 28) + 2000;
        m = __ballot_sync(0xb6db6db6u, x & 1);
    }
    y += __shfl_xor_sync(ALL, x, 1);
    out[i] = y;
    masks[i] = m;
}

// Sum of a block: the last warp adds through volatile shared memory, without a barrier and without shuffles.
extern "C" __global__ void last_warp(const int *in, int *out) {
    __shared__ volatile int s[64];
    int t = threadIdx.x;
    s[t] = in[blockIdx.x * 64 + t];
    __syncthreads();
    if (t < 32) {
        s[t] += s[t + 32]; __syncwarp();
        s[t] += s[t + 16]; __syncwarp();
        s[t] += s[t + 8]; __syncwarp();
        s[t] += s[t + 4]; __syncwarp();
        s[t] += s[t + 2]; __syncwarp();
        s[t] += s[t + 1];
        if (t == 0) out[blockIdx.x] = s[0];
    }
}

// A counter in shared memory that the lanes of one warp add to together: the leader adds for all.
extern "C" __global__ void aggregated(const int *in, int *place, int *count) {
    __shared__ int next;
    int t = threadIdx.x, lane = t & 31;
    if (t == 0) next = 0;
    __syncthreads();
    if (t < 32) {
        for (int k = 0; k < 4; k++) {
            int x = in[blockIdx.x * 128 + 32 * k + t];
            if (x > 0) {
                unsigned mask = __activemask();
                int leader = __ffs(mask) - 1, first;
                if (lane == leader) { first = next; next = first + __popc(mask); }
                first = __shfl_sync(mask, first, leader);
                place[blockIdx.x * 128 + 32 * k + t] = first + __popc(mask & ((1u << lane) - 1));
            }
        }
        if (t == 0) count[blockIdx.x] = next;
    }
}

// One warp makes tiles, the other takes them, four times: barriers 1 (full) and 2 (empty), 64 threads each.
extern "C" __global__ void producer(const int *in, int *out) {
    __shared__ int tile[32];
    int t = threadIdx.x, lane = t & 31;
    if (t < 32) {
        for (int k = 0; k < 4; k++) {
            if (k) asm volatile("bar.sync 2, 64;" ::: "memory");
            tile[lane] = in[32 * k + lane] * 3;
            asm volatile("bar.arrive 1, 64;" ::: "memory");
        }
    } else {
        for (int k = 0; k < 4; k++) {
            asm volatile("bar.sync 1, 64;" ::: "memory");
            out[32 * k + lane] = tile[31 - lane];
            if (k < 3) asm volatile("bar.arrive 2, 64;" ::: "memory");
        }
    }
}

// Barriers that count, and that ask for all and any, over a block.
extern "C" __global__ void counted(const int *in, int *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int p = in[i] > 0;
    int n = __syncthreads_count(p), all = __syncthreads_and(p), any = __syncthreads_or(p);
    out[i] = n * 4 + (all != 0) * 2 + (any != 0);
}

// Halves of a block meet at barriers whose numbers and counts are in registers.
extern "C" __global__ void halves(const int *in, int *out, int threads) {
    __shared__ int s[128];
    int t = threadIdx.x, half = t / threads;
    s[t] = in[t];
    asm volatile("bar.sync %0, %1;" :: "r"(half + 3), "r"(threads) : "memory");
    out[t] = s[half * threads + threads - 1 - t % threads];
    __syncthreads();
    out[t] += s[127 - t];
}

// Bitonic sort of each warp by shuffles.
extern "C" __global__ void sorted(const int *in, int *out) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = i & 31;
    int x = in[i];
    for (int k = 2; k <= 32; k <<= 1)
        for (int j = k >> 1; j > 0; j >>= 1) {
            int y = __shfl_xor_sync(ALL, x, j);
            bool up = (lane & k) == 0 || k == 32, low = (lane & j) == 0;
            x = (up == low) ? min(x, y) : max(x, y);
        }
    out[i] = x;
}

// The masks that lanes know of themselves, and warps of a block whose last one is not full.
extern "C" __global__ void masks(unsigned *out) {
    int i = threadIdx.x;
    unsigned eq, lt, le, gt, ge;
    asm("mov.u32 %0, %%lanemask_eq;" : "=r"(eq));
    asm("mov.u32 %0, %%lanemask_lt;" : "=r"(lt));
    asm("mov.u32 %0, %%lanemask_le;" : "=r"(le));
    asm("mov.u32 %0, %%lanemask_gt;" : "=r"(gt));
    asm("mov.u32 %0, %%lanemask_ge;" : "=r"(ge));
    out[6 * i] = eq; out[6 * i + 1] = lt; out[6 * i + 2] = le; out[6 * i + 3] = gt; out[6 * i + 4] = ge;
    out[6 * i + 5] = __activemask();
}
