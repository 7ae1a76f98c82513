// Copies N floats of INPUT to OUTPUT from element OFFSET on: one part of a concatenation. One thread per element.
extern "C" __global__ void concatenate(int n, const float *input, int offset, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) output[offset + i] = input[i];
}
