/* The smallest and the largest of nine neighbours (edges repeated). */
extern "C" __global__ void erosion(const short *in, short *smallest, short *largest, int width, int height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height)
        return;
    int low = 32767, high = -32768;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int p = in[min(max(y + dy, 0), height - 1) * width + min(max(x + dx, 0), width - 1)];
            low = min(low, p);
            high = max(high, p);
        }
    smallest[y * width + x] = low;
    largest[y * width + x] = high;
}
