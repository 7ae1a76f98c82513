/* Inclusive sums of a block's 256 values by doubling steps (Hillis and Steele). */
extern "C" __global__ void inclusive_scan(const int *in, int *out)
{
    __shared__ int s[2][256];
    int t = threadIdx.x, from = 0;
    s[0][t] = in[blockIdx.x * 256 + t];
#pragma unroll 1
    for (int d = 1; d < 256; d *= 2) {
        __syncthreads();
        s[1 - from][t] = s[from][t] + (t >= d ? s[from][t - d] : 0);
        from = 1 - from;
    }
    out[blockIdx.x * 256 + t] = s[from][t];
}
