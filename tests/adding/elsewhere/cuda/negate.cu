// The sign of every value turned round; OUTPUT may be INPUT: in place. One thread per element.
extern "C" __global__ void negate(int n, const unsigned *input, unsigned *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) output[i] = input[i] ^ 0x80000000u;
}
