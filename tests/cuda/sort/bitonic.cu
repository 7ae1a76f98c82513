/* Bitonic sort of one block's 256 keys in shared memory. */
extern "C" __global__ void bitonic(int *keys)
{
    __shared__ int s[256];
    int t = threadIdx.x;
    s[t] = keys[blockIdx.x * 256 + t];
#pragma unroll 1
    for (int k = 2; k <= 256; k *= 2)
#pragma unroll 1
        for (int j = k / 2; j > 0; j /= 2) {
            __syncthreads();
            int o = t ^ j;
            if (o > t) {
                int x = s[t], y = s[o];
                if ((x > y) == ((t & k) == 0)) {
                    s[t] = y;
                    s[o] = x;
                }
            }
        }
    __syncthreads();
    keys[blockIdx.x * 256 + t] = s[t];
}
