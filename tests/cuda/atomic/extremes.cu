/* Smallest and largest value of each bucket, as signed and unsigned numbers of 32 and 64 bits. */
extern "C" __global__ void extremes(const int *bucket, const int *value, int *smin, int *smax, unsigned *umin,
                                    unsigned *umax, long long *lmin, unsigned long long *ulmax, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    int b = bucket[i], v = value[i];
    atomicMin(&smin[b], v);
    atomicMax(&smax[b], v);
    atomicMin(&umin[b], (unsigned)v);
    atomicMax(&umax[b], (unsigned)v);
    atomicMin(&lmin[b], (long long)v << 20);
    atomicMax(&ulmax[b], (unsigned long long)v);
}
