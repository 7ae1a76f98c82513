// Sets every INCX-th element of X to ALPHA. One thread per element.
extern "C" __global__ void fill_gpu(int n, float alpha, float *x, int incx)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i < n) x[i * incx] = alpha;
}
