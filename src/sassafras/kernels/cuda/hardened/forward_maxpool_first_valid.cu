// forward_maxpool.cu that cannot return an invalid maximum: coordinates are held inside the map, and the first value
// of the window is where it begins (there: minus infinity), so that a value of the plane is stored whatever becomes of
// a counter or a coordinate. A NaN gives way to the next value; a window of NaN alone gives its last one.
//
// Every window must overlap the map. Held coordinates then only repeat rows and columns of the window, in order, and
// the first of its largest values is found, as there (of minus infinity alone the first one too, where forward_maxpool
// says -1). One thread per output element.

// Unsigned behind the first step: the compiler would else take VMNMX, which the emulator does not know.
__device__ inline int held(int position, int end)
{
    return min((unsigned)max(position, 0), (unsigned)(end - 1));
}

extern "C" __global__ void forward_maxpool_first_valid(int n, int in_h, int in_w, int in_c, int stride, int size,
                                                       int pad, const float *input, float *output, int *indexes)
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
    int max_i = held(w_offset + j * stride, in_w) + in_w * (held(h_offset + i * stride, in_h) + in_h * plane);
    float max = input[max_i];
    for (int l = 0; l < size; ++l) {
        for (int m = 0; m < size; ++m) {
            int cur_h = held(h_offset + i * stride + l, in_h);
            int cur_w = held(w_offset + j * stride + m, in_w);
            int index = cur_w + in_w * (cur_h + in_h * plane);
            float val = input[index];
            bool take = val > max || max != max;
            max_i = take ? index : max_i;
            max = take ? val : max;
        }
    }
    output[id] = max;
    indexes[id] = max_i;
}
