/* 5 p - its four neighbours, clamped to a signed and to an unsigned byte. */
extern "C" __global__ void sharpen(const signed char *in, signed char *out, unsigned char *positive, int width,
                                   int height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1)
        return;
    const signed char *p = in + y * width + x;
    int value = 5 * p[0] - p[-1] - p[1] - p[-width] - p[width];
    asm("cvt.sat.s8.s32 %0, %1;" : "=r"(*(int *)&value) : "r"(value));
    out[y * width + x] = value;
    int again = 5 * p[0] - p[-1] - p[1] - p[-width] - p[width];
    asm("cvt.sat.u8.s32 %0, %1;" : "=r"(*(int *)&again) : "r"(again));
    positive[y * width + x] = again;
}
