/* A lock for each bucket guards an update that is not atomic. */
extern "C" __global__ void locks(const int *bucket, const float *value, int *lock, float *sum, int *count)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x, b = bucket[i];
    bool done = false;
    while (!done) {
        if (atomicCAS(&lock[b], 0, 1) == 0) {
            volatile float *s = sum;
            volatile int *c = count;
            s[b] = s[b] * 0.5f + value[i];
            c[b] = c[b] + 1;
            __threadfence();
            atomicExch(&lock[b], 0);
            done = true;
        }
    }
}
