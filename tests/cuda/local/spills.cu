/* More doubles than the bound leaves registers for: the compiler spills. */
extern "C" __global__ void __launch_bounds__(1024, 2) spills(double *x, int steps)
{
    double a[24];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
#pragma unroll
    for (int i = 0; i < 24; i++)
        a[i] = x[t * 24 + i];
    for (int k = 0; k < steps; k++) {
#pragma unroll
        for (int i = 0; i < 24; i++)
            a[i] = a[i] * 0.5 + a[(i + 7) % 24] * a[(i + 1) % 24];
    }
#pragma unroll
    for (int i = 0; i < 24; i++)
        x[t * 24 + i] = a[i];
}
