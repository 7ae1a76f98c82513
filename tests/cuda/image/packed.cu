/* Four bytes in a word: distances, averages, saturated sums and maxima (the SIMD intrinsics). */
extern "C" __global__ void packed(const unsigned *a, const unsigned *b, unsigned *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    out[i] = __vabsdiffu4(a[i], b[i]);
    out[n + i] = __vavgu4(a[i], b[i]);
    out[2 * n + i] = __vaddus4(a[i], b[i]);
    out[3 * n + i] = __vmaxs4(a[i], b[i]);
    out[4 * n + i] = __vsadu4(a[i], b[i]);
    out[5 * n + i] = __vsubss2(a[i], b[i]);
    out[6 * n + i] = __vcmpgtu4(a[i], b[i]);
}
