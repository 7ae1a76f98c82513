// Largest value of each size x size window, and where it was found (-1 where the window holds no number).
// input: in_c x in_h x in_w (per image); output and indexes: in_c x h x w. One thread per output element.
#define INFINITY __int_as_float(0x7f800000)

extern "C" __global__ void forward_maxpool(int n, int in_h, int in_w, int in_c, int stride, int size, int pad,
                                           const float *input, float *output, int *indexes)
{
    int h = (in_h + pad - size) / stride + 1;
    int w = (in_w + pad - size) / stride + 1;
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= n) return;
    int j = id % w;
    int i = id / w % h;
    int plane = id / (w * h); // image * in_c + channel
    int h_offset = -(pad / 2);
    int w_offset = -(pad / 2);
    float max = -INFINITY;
    int max_i = -1;
    for (int l = 0; l < size; ++l) {
        for (int m = 0; m < size; ++m) {
            int cur_h = h_offset + i * stride + l;
            int cur_w = w_offset + j * stride + m;
            int index = cur_w + in_w * (cur_h + in_h * plane);
            bool valid = cur_h >= 0 && cur_h < in_h && cur_w >= 0 && cur_w < in_w;
            float val = valid ? input[index] : -INFINITY;
            max_i = (val > max) ? index : max_i;
            max = (val > max) ? val : max;
        }
    }
    output[id] = max;
    indexes[id] = max_i;
}
