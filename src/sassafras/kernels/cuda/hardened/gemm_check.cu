// Whether the columns of a product C = W D can be right: the sum of a column over a group of rows of C against
// the sum of those rows of W times the column of D (Huang and Abraham, IEEE Trans. Computers C-33(6), 1984).
//
// W is rows x k, D is k x columns, C is rows x columns; D and C may have longer rows. `checksums` holds for every
// group of `group` rows of W, k times: their sum, and the sum of their absolute values (made once, on the host).
// flags[g * columns + q] becomes 1 where group g of column q is further from its checksum than `tolerance` times
// the sum of the absolute values of all its products, plus `smallest`; else 0. Not checked (0): sums of absolute
// values from 2^126 on, or without one (NaN), since sums might overflow.
//
// THREADS threads of a block share 2^shift columns of one group: of each column a thread adds up every
// (THREADS / 2^shift)th product, then the parts meet in a tree. Nothing here decides what is stored in C: a flag
// only makes `gemm_repair` compute again, so a flag that rounding raises costs time and changes nothing.
#define THREADS 256
#define CHECKED 8.507059173023462e37f // 2^126

struct Sums {
    float found, expected, size;
};

extern "C" __global__ void gemm_check(int rows, int columns, int k, int group, int shift, const float *checksums,
                                      const float *d, int ldd, const float *c, int ldc, float tolerance,
                                      float smallest, int *flags)
{
    __shared__ float found[THREADS], expected[THREADS], size[THREADS];
    int t = threadIdx.x, width = 1 << shift, first = blockIdx.y * group;
    int column = (blockIdx.x << shift) + (t & (width - 1));
    int slice = t >> shift, slices = THREADS >> shift;
    Sums s = {0.0f, 0.0f, 0.0f};
    if (column < columns) {
        const float2 *checksum = reinterpret_cast<const float2 *>(checksums) + blockIdx.y * k;
#pragma unroll 4
        for (int i = slice; i < k; i += slices) {
            float2 w = checksum[i];
            float x = d[i * ldd + column];
            s.expected = fmaf(w.x, x, s.expected);
            s.size = fmaf(w.y, fabsf(x), s.size);
        }
        int end = min(rows, first + group);
#pragma unroll 4
        for (int r = first + slice; r < end; r += slices) s.found += c[r * ldc + column];
    }
    found[t] = s.found;
    expected[t] = s.expected;
    size[t] = s.size;
    __syncthreads();
    for (int half = THREADS / 2; half >= width; half >>= 1) {
        if (t < half) {
            found[t] += found[t + half];
            expected[t] += expected[t + half];
            size[t] += size[t + half];
        }
        __syncthreads();
    }
    if (t < width && column < columns) {
        bool right = fabsf(found[t] - expected[t]) <= fmaf(size[t], tolerance, smallest);
        flags[blockIdx.y * columns + column] = size[t] < CHECKED && !right;
    }
}
