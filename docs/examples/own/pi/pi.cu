// Points in the unit square by an integer generator (xorshift); how many of each thread's lie inside the circle.
extern "C" __global__ void throw_darts(unsigned *inside, int darts, unsigned seed) {
    unsigned thread = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned state = seed ^ (thread * 2654435761u + 1u);
    unsigned count = 0;
    for (int k = 0; k < darts; ++k) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        unsigned x = state >> 16, y = state & 0xffffu;
        count += (unsigned long long)x * x + (unsigned long long)y * y < 0x100000000ull;
    }
    inside[thread] = count;
}

// Each thread adds up what the threads of a block have found.
extern "C" __global__ void add_up(const unsigned *inside, unsigned *total, int each) {
    unsigned thread = blockIdx.x * blockDim.x + threadIdx.x, sum = 0;
    for (int k = 0; k < each; ++k) sum += inside[thread * each + k];
    total[thread] = sum;
}
