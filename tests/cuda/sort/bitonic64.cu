/* Bitonic sort of 128 keys of 64 bits, signed in one array and unsigned in another: minima and maxima. */
extern "C" __global__ void bitonic64(long long *keys, unsigned long long *others)
{
    __shared__ long long s[128];
    __shared__ unsigned long long u[128];
    int t = threadIdx.x;
    s[t] = keys[t];
    u[t] = others[t];
#pragma unroll 1
    for (int k = 2; k <= 128; k *= 2)
#pragma unroll 1
        for (int j = k / 2; j > 0; j /= 2) {
            __syncthreads();
            int o = t ^ j;
            long long x = s[t], y = s[o];
            unsigned long long p = u[t], q = u[o];
            bool low = (o > t) == ((t & k) == 0);
            __syncthreads();
            s[t] = low ? min(x, y) : max(x, y);
            u[t] = low ? min(p, q) : max(p, q);
        }
    __syncthreads();
    keys[t] = s[t];
    others[t] = u[t];
}
