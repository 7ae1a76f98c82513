// Unfolds the receptive fields of an image into the columns of a matrix: windows of any height and width, whose values
// lie dilation_h rows and dilation_w columns apart. After im2col_gpu_kernel_ext of AlexeyAB's Darknet.
// image:   channels x height x width
// columns: (channels * kernel_h * kernel_w) x (height_col * width_col)
// pad_h, pad_w: zeros above and left of the image; those below and right follow from height_col and width_col.
// One thread per (channel, output row, output column): it copies one window.
extern "C" __global__ void im2col_gpu_ext(int n, const float *image, int height, int width, int kernel_h, int kernel_w,
                                          int pad_h, int pad_w, int stride_h, int stride_w, int dilation_h,
                                          int dilation_w, int height_col, int width_col, float *columns)
{
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    for (; index < n; index += blockDim.x * gridDim.x) {
        int w_out = index % width_col;
        int rest = index / width_col;
        int h_out = rest % height_col;
        int channel = rest / height_col;
        int h_in = h_out * stride_h - pad_h;
        int w_in = w_out * stride_w - pad_w;
        float *to = columns + (channel * kernel_h * kernel_w * height_col + h_out) * width_col + w_out;
        const float *from = image + (channel * height + h_in) * width + w_in;
        for (int i = 0; i < kernel_h; ++i) {
            for (int j = 0; j < kernel_w; ++j) {
                int h = h_in + i * dilation_h;
                int w = w_in + j * dilation_w;
                *to = (h >= 0 && w >= 0 && h < height && w < width) ? from[i * dilation_h * width + j * dilation_w] : 0.0f;
                to += height_col * width_col;
            }
        }
    }
}
