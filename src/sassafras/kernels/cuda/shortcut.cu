// Adds to the first n elements of a map of width w those of a map whose height and width are stride times as large,
// every stride-th of each. In place. One thread per element. After Darknet's shortcut_kernel.
extern "C" __global__ void shortcut(int n, const float *add, int stride, int w, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int column = i % w;
    int row = i / w; // of all channels, one below the other
    output[i] += add[(row * w * stride + column) * stride];
}
