// Adds the bias of its filter to every element: output is batch x n x size. One thread per element.
extern "C" __global__ void add_bias(float *output, const float *biases, int batch, int n, int size)
{
    int index = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (index >= n * size * batch) return;
    int filter = index / size % n;
    output[index] += biases[filter];
}
