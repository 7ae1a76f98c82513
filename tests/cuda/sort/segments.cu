/* Running sums that begin again at every flag, one row per thread. */
extern "C" __global__ void segments(const int *values, const unsigned char *flags, int *out, int rows, int columns)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= rows)
        return;
    int sum = 0;
    for (int c = 0; c < columns; c++) {
        int k = r * columns + c;
        sum = flags[k] ? values[k] : sum + values[k];
        out[k] = sum;
    }
}
