/* The values of one block above a bound, in their order, and how many: a scan of the tests. */
extern "C" __global__ void compact(const int *in, int *out, int *count, int bound)
{
    __shared__ int s[2][128];
    int t = threadIdx.x, from = 0, keep = in[t] > bound;
    s[0][t] = keep;
#pragma unroll 1
    for (int d = 1; d < 128; d *= 2) {
        __syncthreads();
        s[1 - from][t] = s[from][t] + (t >= d ? s[from][t - d] : 0);
        from = 1 - from;
    }
    if (keep)
        out[s[from][t] - 1] = in[t];
    if (t == 127)
        *count = s[from][t];
}
