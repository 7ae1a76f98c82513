// Batch normalisation with the statistics of training: each element less the mean of its filter, divided by the root of
// the variance. x is batch x n x size. In place. One thread per element. After Darknet's normalize_kernel, whose
// epsilon is .00001f.
extern "C" __global__ void normalize(float *x, const float *mean, const float *variance, int batch, int n, int size,
                                     float epsilon)
{
    int index = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (index >= n * size * batch) return;
    int filter = index / size % n;
    x[index] = (x[index] - mean[filter]) / sqrtf(variance[filter] + epsilon);
}
