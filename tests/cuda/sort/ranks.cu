/* Where each key belongs: how many are smaller, equal ones in their order. */
extern "C" __global__ void ranks(const unsigned *keys, unsigned *sorted, int *ranks_, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    unsigned key = keys[i];
    int rank = 0;
#pragma unroll 1
    for (int k = 0; k < n; k++)
        rank += keys[k] < key || (keys[k] == key && k < i);
    ranks_[i] = rank;
    sorted[rank] = key;
}
