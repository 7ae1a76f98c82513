// Multiplies every element by the scale of its filter: output is batch x n x size. One thread per element.
// After Darknet's scale_bias_kernel.
extern "C" __global__ void scale_bias(float *output, const float *scales, int batch, int n, int size)
{
    int index = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (index >= n * size * batch) return;
    int filter = index / size % n;
    output[index] *= scales[filter];
}
