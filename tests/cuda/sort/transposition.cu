/* Odd-even transposition sort of floats in shared memory, n at most the block. */
extern "C" __global__ void transposition(float *keys, int n)
{
    extern __shared__ float s[];
    int t = threadIdx.x;
    if (t < n)
        s[t] = keys[t];
#pragma unroll 1
    for (int round = 0; round < n; round++) {
        __syncthreads();
        if (t % 2 == round % 2 && t + 1 < n && s[t] > s[t + 1]) {
            float x = s[t];
            s[t] = s[t + 1];
            s[t + 1] = x;
        }
    }
    __syncthreads();
    if (t < n)
        keys[t] = s[t];
}
