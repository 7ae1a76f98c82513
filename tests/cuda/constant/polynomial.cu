/* Coefficients at fixed and at computed offsets of constant memory. */
__constant__ float coefficients[12] = {1, -0.5f, 0.25f, 2, 3, -4, 0.125f, 8, -16, 0.0625f, 1, 1};
__constant__ float bias = 0.5f;
extern "C" __global__ void polynomial(const float *x, float *fixed, float *chosen, int first)
{
    int t = threadIdx.x;
    fixed[t] = fmaf(fmaf(coefficients[2], x[t], coefficients[1]), x[t], coefficients[0]);
    float sum = bias;
    for (int k = 0; k < 4; k++)
        sum = fmaf(sum, x[t], coefficients[first + k + (t & 1)]);
    chosen[t] = sum;
}
