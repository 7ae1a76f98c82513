/* Sum of absolute differences of 8 x 8 blocks, and which of 16 shifts has the smallest (the first of equals). */
extern "C" __global__ void matching(const int *a, const int *b, int *best, int *smallest, int blocks, int width)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= blocks)
        return;
    int least = 0x7fffffff, at = -1;
    for (int shift = 0; shift < 16; shift++) {
        int sum = 0;
#pragma unroll 1
        for (int y = 0; y < 8; y++)
#pragma unroll 1
            for (int x = 0; x < 8; x++)
                sum = __sad(a[y * width + 8 * t + x], b[y * width + 8 * t + x + shift], sum);
        if (sum < least) {
            least = sum;
            at = shift;
        }
    }
    best[t] = at;
    smallest[t] = least;
}
