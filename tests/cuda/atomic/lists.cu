/* A linked list for each bucket: the head is exchanged, 32 and 64 bits. */
extern "C" __global__ void lists(const int *bucket, int *head, int *next, long long *head64, long long *next64)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    next[i] = atomicExch(&head[bucket[i]], i);
    next64[i] = atomicExch((unsigned long long *)&head64[bucket[i]], (unsigned long long)i << 33);
}
