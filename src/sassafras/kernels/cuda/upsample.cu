// Repeats every element of maps of h x w stride times in both directions, times scale. output has n elements. One thread
// per element of it. After Darknet's upsample_kernel.
extern "C" __global__ void upsample(int n, const float *input, int h, int w, int stride, float scale, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int column = i % (w * stride);
    int row = i / (w * stride); // of all channels, one below the other
    int channel = row / (h * stride);
    row = row % (h * stride);
    output[i] = scale * input[(channel * h + row / stride) * w + column / stride];
}
