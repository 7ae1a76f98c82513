// Unfolds the receptive fields of an image into the columns of a matrix.
// image:   channels x height x width
// columns: (channels * ksize * ksize) x (height_col * width_col)
// One thread per (channel, output row, output column): it copies one ksize x ksize window.
extern "C" __global__ void im2col_gpu(int n, const float *image, int height, int width, int ksize, int pad,
                                      int stride, int height_col, int width_col, float *columns)
{
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    for (; index < n; index += blockDim.x * gridDim.x) {
        int w_out = index % width_col;
        int rest = index / width_col;
        int h_out = rest % height_col;
        int channel = rest / height_col;
        int h_in = h_out * stride - pad;
        int w_in = w_out * stride - pad;
        float *to = columns + (channel * ksize * ksize * height_col + h_out) * width_col + w_out;
        const float *from = image + (channel * height + h_in) * width + w_in;
        for (int i = 0; i < ksize; ++i) {
            for (int j = 0; j < ksize; ++j) {
                int h = h_in + i;
                int w = w_in + j;
                *to = (h >= 0 && w >= 0 && h < height && w < width) ? from[i * width + j] : 0.0f;
                to += height_col * width_col;
            }
        }
    }
}
