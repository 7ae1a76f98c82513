/* Shared memory has no addition of floats or of 64 bits: loops around CAS. */
extern "C" __global__ void shared_sums(const int *bucket, const float *value, float *floats,
                                       unsigned long long *integers, double *largest)
{
    __shared__ float f[8];
    __shared__ unsigned long long u[8];
    __shared__ unsigned long long d[8];
    int t = threadIdx.x;
    if (t < 8) {
        f[t] = floats[t];
        u[t] = integers[t];
        d[t] = 0;
    }
    __syncthreads();
    atomicAdd(&f[bucket[t]], value[t]);
    atomicAdd(&u[bucket[t]], (unsigned long long)(value[t] * 8.0f));
    atomicMax(&d[bucket[t]], (unsigned long long)__double_as_longlong((double)value[t]));
    __syncthreads();
    if (t < 8) {
        floats[t] = f[t];
        integers[t] = u[t];
        largest[t] = __longlong_as_double(d[t]);
    }
}
