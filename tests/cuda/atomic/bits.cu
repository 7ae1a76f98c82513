/* Sets of bits, of 32 and 64. */
extern "C" __global__ void bits(const int *bucket, const unsigned *value, unsigned *all, unsigned *any, unsigned *odd,
                                unsigned long long *all64, unsigned long long *any64, unsigned long long *odd64)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x, b = bucket[i];
    unsigned v = value[i];
    unsigned long long w = (unsigned long long)v * 0x100000001ull;
    atomicAnd(&all[b], v);
    atomicOr(&any[b], v);
    atomicXor(&odd[b], v);
    atomicAnd(&all64[b], w);
    atomicOr(&any64[b], w);
    atomicXor(&odd64[b], w);
}
