/* A filter of 5 x 5 whose weights the host sets. */
__constant__ float weights[5][5];
__constant__ int shift = 2;
extern "C" __global__ void filter(const float *image, float *out, int height, int width)
{
    int x = threadIdx.x, y = blockIdx.x;
    float sum = 0;
#pragma unroll 1
    for (int j = 0; j < 5; j++)
        for (int i = 0; i < 5; i++) {
            int v = y + j - shift, u = x + i - shift;
            if (v >= 0 && v < height && u >= 0 && u < width)
                sum = fmaf(weights[j][i], image[v * width + u], sum);
        }
    out[y * width + x] = sum;
}
