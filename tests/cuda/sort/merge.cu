/* Two sorted arrays merged: each element finds its place by a binary search in the other. */
extern "C" __global__ void merge(const int *a, const int *b, int *out, int n, int m)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n + m)
        return;
    bool first = i < n;
    int key = first ? a[i] : b[i - n], low = 0, high = first ? m : n;
    const int *other = first ? b : a;
    while (low < high) {
        int middle = (low + high) / 2;
        if (first ? other[middle] < key : other[middle] <= key)
            low = middle + 1;
        else
            high = middle;
    }
    out[(first ? i : i - n) + low] = key;
}
