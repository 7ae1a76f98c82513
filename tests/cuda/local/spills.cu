/* More doubles than the bound leaves registers for: the compiler spills. */
extern "C" __global__ void __launch_bounds__(1016, 2) spills(double *x, int steps)
{
    double a[16];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
#pragma unroll
    for (int i = 0; i < 16; i++)
        a[i] = x[t * 16 + i];
    for (int k = 0; k < steps; k++) {
#pragma unroll
        for (int i = 0; i < 16; i++)
            a[i] = a[i] * 0.5 + a[(i + 7) % 16] * a[(i + 1) % 16];
    }
#pragma unroll
    for (int i = 0; i < 16; i++)
        x[t * 16 + i] = a[i];
}
