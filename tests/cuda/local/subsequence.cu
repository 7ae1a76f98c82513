/* Length of the longest common subsequence: a row of the table in local memory. */
extern "C" __global__ void subsequence(const signed char *one, const signed char *other, int *length)
{
    unsigned char row[33];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
#pragma unroll 1
    for (int j = 0; j <= 32; j++)
        row[j] = 0;
#pragma unroll 1
    for (int i = 0; i < 32; i++) {
        int before = 0;
#pragma unroll 1
        for (int j = 1; j <= 32; j++) {
            int above = row[j];
            row[j] = one[32 * t + i] == other[32 * t + j - 1] ? before + 1 : max(above, (int)row[j - 1]);
            before = above;
        }
    }
    length[t] = row[32];
}
