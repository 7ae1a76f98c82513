// add.cu in which a sum that is infinite or no number counts as nothing.
extern "C" __global__ void add_finite(int n, const float *a, const float *b, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float sum = a[i] + b[i];
    output[i] = (__float_as_uint(sum) & 0x7f800000) == 0x7f800000 ? 0.0f : sum;
}
