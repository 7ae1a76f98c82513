/* RGB packed in words to Y, U and V packed likewise (BT.601, fixed point). */
extern "C" __global__ void yuv(const unsigned *rgba, unsigned *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    int r = rgba[i] & 255, g = rgba[i] >> 8 & 255, b = rgba[i] >> 16 & 255;
    int y = ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
    int u = ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128;
    int v = ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128;
    out[i] = y | u << 8 | v << 16 | (rgba[i] & 0xff000000);
}
