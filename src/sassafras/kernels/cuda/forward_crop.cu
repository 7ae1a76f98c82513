// A rectangle of crop_h x crop_w of every plane of h x w, from (top, left) on: value * scale + translate. output has n
// elements. One thread per element of it. What Darknet's levels_image_kernel and forward_crop_layer_kernel do at
// inference, where nothing is turned round or moved by parts of a pixel.
extern "C" __global__ void forward_crop(int n, const float *input, int h, int w, int crop_h, int crop_w, int top,
                                        int left, float scale, float translate, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int column = i % crop_w + left;
    int rest = i / crop_w;
    int row = rest % crop_h + top;
    int plane = rest / crop_h;
    output[i] = input[(plane * h + row) * w + column] * scale + translate;
}
