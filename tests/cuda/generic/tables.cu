/* A table of pointers to all kinds of memory, indexed by data; bytes and double words through them. */
__constant__ int c[8] = {8, 7, 6, 5, 4, 3, 2, 1};
extern __shared__ int dynamic[];
extern "C" __global__ void tables(int *data, const int *where, int *out)
{
    __shared__ int s[64];
    int l[8];
    int t = threadIdx.x;
#pragma unroll 1
    for (int i = 0; i < 8; i++)
        l[i] = 1000 * t + i;
    s[t] = 10 * t;
    s[t + 32] = -t;
    dynamic[t] = 7 * t;
    __syncthreads();
    const int *p[5] = {l, s, data, dynamic, c};
    const int *q = p[where[t] % 5] + (t & 3);
    out[t] = q[0] + ((const short *)q)[2] + ((const unsigned char *)q)[t & 3];
    long long sum = 0;
    if (((unsigned long long)q & 7) == 0)
        sum = *(const long long *)q;
    out[32 + t] = (int)(sum >> 32) + (int)sum;
    int *r = where[t] % 5 == 0 ? l : where[t] % 5 == 1 ? s + 32 : data + 32;
    ((signed char *)(r + (where[t] % 5 == 0 ? 0 : t)))[1] = (signed char)t;
    out[64 + t] = l[0] + s[32 + t];
    out[96 + t] = __isShared(q) + 2 * __isGlobal(q) + 4 * __isLocal(q);
}
