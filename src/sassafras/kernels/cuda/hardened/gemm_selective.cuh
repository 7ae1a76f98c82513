// gemm.cu with a part of it done twice: SUMS: the chain of products; PLACES: counters, guards and indexes. What moves
// data (loads of A and B, shared memory) is done once: that is what limits the kernel's time, while the units for
// arithmetic idle. Copies that differ are put right at once: places are found anew and the tiles loaded once more, and
// the thread computes its element again at the end, straight from memory and in the same order.
#include "gemm.cuh"

// A number that the compiler keeps in its register instead of computing it again in every step.
template <class T> __device__ inline T kept(T number)
{
    asm volatile("" : "+r"(number));
    return number;
}

// Where a thread's parts of A and B lie, without k; a part is there while k is below its end.
struct Parts {
    int a, b, end_a, end_b;

    template <int COPY, bool TRANSPOSED> __device__ inline void find(const Gemm &p)
    {
        int tx = thread_column<COPY>(), ty = thread_row<COPY>(), first = tile_column<COPY>();
        int row = tile_row<COPY>() + ty, column = first + (TRANSPOSED ? ty : tx);
        a = kept(row * p.lda + tx);
        b = kept(TRANSPOSED ? column * p.ldb + tx : ty * p.ldb + column);
        end_a = kept(row < p.m ? p.k - tx : -1);
        end_b = kept(column < p.n ? p.k - (TRANSPOSED ? tx : ty) : -1);
    }
};

// Where a thread's element of C lies.
template <int COPY> __device__ inline Result<1> element(const Gemm &p)
{
    int row = tile_row<COPY>() + thread_row<COPY>(), column = tile_column<COPY>() + thread_column<COPY>();
    return {mask(row < p.m && column < p.n), {address(p.c + row * p.ldc + column)}, {0}};
}

template <int COPY> __device__ inline float begin(const Gemm &p)
{
    Result<1> r = element<COPY>(p);
    return r.inside ? *(const float *)r.at[0] : 0.0f;
}

__device__ inline void next(int &k) { asm volatile("add.s32 %0, %0, %1;" : "+r"(k) : "n"(TILE)); }

// The second copy goes another way: it carries the sum of both indexes and k from step to step.
template <bool TRANSPOSED> struct Carried {
    int sum, k, end_a, end_b;

    template <int COPY> __device__ inline void find(const Gemm &p, int from)
    {
        Parts parts;
        parts.find<COPY, TRANSPOSED>(p);
        k = from;
        sum = parts.a + parts.b + k * (TRANSPOSED ? 3 : 2 + p.ldb);
        end_a = parts.end_a;
        end_b = parts.end_b;
    }

    __device__ inline void step(const Gemm &p)
    {
        sum += TRANSPOSED ? 3 * TILE : TILE * p.ldb + 2 * TILE;
        next(k);
    }
};

template <bool SUMS, bool PLACES, bool TRANSPOSED>
__device__ inline void selected(const Gemm &p0, const Gemm &p1, const Gemm &p2, Tiles &tiles)
{
    int tx = kept(thread_column<0>()), ty = kept(thread_row<0>()), k0 = p0.zero, k2 = p2.zero;
    Parts parts;
    parts.find<0, TRANSPOSED>(p0);
    Carried<TRANSPOSED> other;
    if (PLACES) other.find<1>(p1, p1.zero);
    bool inside = element<0>(p0).inside, doubt = false;
    float sum = begin<0>(p0), again = SUMS ? begin<1>(p1) : 0.0f;
    for (;;) {
        // Either says that there is more: a wrong answer adds a step without products, or nothing.
        if (k0 >= p0.k) {
            if (!PLACES || other.k >= p1.k) break;
        }
        int from_a = parts.a + k0, from_b = parts.b + (TRANSPOSED ? k0 : k0 * p0.ldb);
        bool in_a = k0 < parts.end_a, in_b = k0 < parts.end_b;
        float a = in_a ? p0.a[from_a] : 0.0f;
        float b = in_b ? p0.b[from_b] : 0.0f;
        if (PLACES) {
            bool right = from_a + from_b + k0 == other.sum && in_a == (other.k < other.end_a) &&
                         in_b == (other.k < other.end_b);
            if (!right) {
                k0 = k2 = (int)majority(k0, other.k, k2);
                tx = kept(thread_column<2>());
                ty = kept(thread_row<2>());
                parts.find<2, TRANSPOSED>(p2);
                other.find<3>(p1, k2);
                doubt = true;
                continue;
            }
        }
        tiles.a[ty][tx] = a;
        if (TRANSPOSED)
            tiles.b[tx][ty] = b;
        else
            tiles.b[ty][tx] = b;
        __syncthreads();
        if (inside) {
            int steps = min(TILE, p0.k - k0);
            if (steps == TILE) {
#pragma unroll
                for (int i = 0; i < TILE; ++i) {
                    float x = tiles.a[ty][i], y = tiles.b[i][tx];
                    sum = fmaf(x, y, sum);
                    if (SUMS) again = fmaf(x, y, again);
                }
            } else {
#pragma unroll 1
                for (int i = 0; i < steps; ++i) {
                    float x = tiles.a[ty][i], y = tiles.b[i][tx];
                    sum = fmaf(x, y, sum);
                    if (SUMS) again = fmaf(x, y, again);
                }
            }
        }
        next(k0);
        if (PLACES) {
            next(k2);
            other.step(p1);
        }
        __syncthreads();
    }
    Result<1> r = element<0>(p0), s = PLACES ? element<1>(p1) : r;
    r.word[0] = __float_as_uint(sum);
    s.word[0] = __float_as_uint(SUMS ? again : sum);
    if (doubt | (differ(r, s) != 0)) r = s = recomputed<2>(p2);
    if (r.inside) store(r);
    if (PLACES) {
        if (s.inside) {
            if (missing(s, s)) store(s);
        }
    }
}

template <bool SUMS, bool PLACES>
__device__ inline void selective(const Gemm &p0, const Gemm &p1, const Gemm &p2)
{
    __shared__ Tiles tiles;
    if (p0.transpose_b)
        selected<SUMS, PLACES, true>(p0, p1, p2, tiles);
    else
        selected<SUMS, PLACES, false>(p0, p1, p2, tiles);
}
