/* Minimum, maximum, clamp, the larger magnitude, and truths of comparisons. */
extern "C" __global__ void extremes(const double *a, const double *b, double *out, int *truths, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    double x = a[i], y = b[i];
    out[i] = fmin(x, y);
    out[n + i] = fmax(x, y);
    out[2 * n + i] = fmin(fmax(x, -1.5), 2.0);
    out[3 * n + i] = fmax(fabs(x), fabs(y));
    truths[i] = (x < y) | (x <= y) << 1 | (x == y) << 2 | (x != y) << 3 | !(x > y) << 4 | (x != x) << 5;
    truths[n + i] = (fabs(x) == __longlong_as_double(0x7ff0000000000000)) ? 7 : x == 0.0 ? 5 : 3;
}
