/* Recursion that cannot be unrolled: Ackermann's function and the number of ways up a stair. */
static __device__ __noinline__ int stair(int n) { return n < 2 ? 1 : stair(n - 1) + stair(n - 2); }
static __device__ __noinline__ int ackermann(int m, int n)
{
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

extern "C" __global__ void recursion(int *out, int n)
{
    int i = threadIdx.x;
    if (i < n) {
        out[i] = stair(i);
        out[n + i] = ackermann(2, i % 6);
    }
}
