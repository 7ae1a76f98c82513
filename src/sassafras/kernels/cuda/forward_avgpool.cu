// The mean of each of n planes of size elements, added up one after the other. One thread per plane.
// After Darknet's forward_avgpool_layer_kernel.
extern "C" __global__ void forward_avgpool(int n, int size, const float *input, float *output)
{
    int plane = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (plane >= n) return;
    float sum = 0.0f;
    for (int i = 0; i < size; ++i) sum += input[plane * size + i];
    output[plane] = sum / size;
}
