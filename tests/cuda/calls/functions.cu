/* Device functions that are called, not inlined, from a loop that is left early. */
static __device__ __noinline__ unsigned step(unsigned x) { return x % 2 ? 3 * x + 1 : x / 2; }
static __device__ __noinline__ unsigned steps(unsigned x, unsigned most)
{
    unsigned count = 0;
    while (x != 1) {
        x = step(x);
        if (++count == most)
            break;
    }
    return count;
}

extern "C" __global__ void functions(unsigned *out, unsigned most, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n)
        out[i] = steps(i + 1, most);
}
