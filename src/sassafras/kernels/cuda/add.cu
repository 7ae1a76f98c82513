// Adds two arrays element by element; OUTPUT may be A: in place. One thread per element.
extern "C" __global__ void add(int n, const float *a, const float *b, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) output[i] = a[i] + b[i];
}
