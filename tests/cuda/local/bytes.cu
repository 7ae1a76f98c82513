/* Arrays of bytes, halves, words and double words that are indexed by data. */
extern "C" __global__ void bytes(const int *where, int *out, int n)
{
    signed char b[40];
    unsigned short s[20];
    long long q[8];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
#pragma unroll 1
    for (int i = 0; i < 40; i++)
        b[i] = i * n;
#pragma unroll 1
    for (int i = 0; i < 20; i++)
        s[i] = i * n - 7;
    for (int i = 0; i < 8; i++)
        q[i] = (long long)i * n << 20;
    b[where[t] % 40] = 77;
    s[where[t] % 20] = n;
    q[where[t] & 7] -= t;
    out[t] = b[t % 40] + s[t % 20] + (int)(q[n & 7] >> 18) + b[n % 40];
}
