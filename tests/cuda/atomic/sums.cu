/* Sums of buckets: floats by the native addition, 64-bit integers, doubles by a loop around CAS. */
__device__ double add(double *place, double value)
{
    unsigned long long *bits = (unsigned long long *)place, old = *bits, assumed;
    do {
        assumed = old;
        old = atomicCAS(bits, assumed, __double_as_longlong(value + __longlong_as_double(assumed)));
    } while (assumed != old);
    return __longlong_as_double(old);
}

extern "C" __global__ void sums(const int *bucket, const float *value, float *floats, unsigned long long *integers,
                                double *doubles, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    atomicAdd(&floats[bucket[i]], value[i]);
    atomicAdd(&integers[bucket[i]], (unsigned long long)(value[i] * 4.0f));
    add(&doubles[bucket[i]], value[i]);
}
