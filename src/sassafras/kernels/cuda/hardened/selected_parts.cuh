// gemm.cu with a part of it done twice: SUMS: the chain of products; PLACES: counters, guards and indexes. What moves
// data (loads of A and B, shared memory) is done once: that is what limits the kernel's time, while the units for
// arithmetic idle. Copies that differ are put right at once: places are found anew and the tiles loaded once more, and
// the thread computes its element again at the end, straight from memory and in the same order.
#include "gemm.cuh"
#define LINE (int)sizeof(Tiles::a[0])
#define NOTHING 0x7fc0a5a5u // what stands where nothing was loaded: a NaN that says so. No element of C reads it.

// A number that the compiler keeps in its register instead of computing it again in every step.
template <class T> __device__ inline T kept(T number)
{
    asm volatile("" : "+r"(number));
    return number;
}

// Where a thread stores its parts of a step's tiles, and where it reads its row and its column, in bytes.
struct Shared {
    int a, b, row, column;

    template <int COPY, bool TRANSPOSED> __device__ inline void find()
    {
        int tx = thread_column<COPY>(), ty = thread_row<COPY>();
        row = kept(ty * LINE);
        column = kept(tx * 4 + (int)sizeof(Tiles::a));
        a = kept(row + tx * 4);
        b = kept((TRANSPOSED ? tx * LINE + ty * 4 : row + tx * 4) + (int)sizeof(Tiles::a));
    }
};

__device__ inline float &at(Tiles &tiles, int bytes) { return *(float *)((char *)&tiles + bytes); }

// Where a thread's parts of A and B lie, without k; a part is there while k is below its end.
template <bool TRANSPOSED> struct Parts {
    int a, b, end_a, end_b;

    // Of both indexes and k.
    __device__ inline int sum(const Gemm &p, int k) const { return a + b + k * (TRANSPOSED ? 3 : 2 + p.ldb); }

    template <int COPY> __device__ inline void find(const Gemm &p)
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

__device__ inline unsigned word(const float *from, int index) { return __float_as_uint(from[index]); }

__device__ inline void next(int &k) { asm volatile("add.s32 %0, %0, %1;" : "+r"(k) : "n"(TILE)); }

// A call, so that it is asked only where one copy has answered.
__device__ __noinline__ bool ended(int k, int end) { return k >= end; }

// The second copy goes another way: it carries the sum of both indexes and k from step to step.
template <bool TRANSPOSED> struct Carried {
    int sum, k, end_a, end_b;

    template <int COPY> __device__ inline void find(const Gemm &p, int from)
    {
        Parts<TRANSPOSED> parts;
        parts.find<COPY>(p);
        k = from;
        sum = parts.sum(p, k);
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
    int k0 = p0.zero;
    Shared own;
    own.find<0, TRANSPOSED>();
    Parts<TRANSPOSED> parts;
    parts.find<0>(p0);
    Carried<TRANSPOSED> other;
    if (PLACES) other.find<1>(p1, p1.zero);
    bool inside = element<0>(p0).inside, doubt = false;
    float sum = begin<0>(p0), again = SUMS ? begin<1>(p1) : 0.0f;
    while (p0.k > 0) {
        int from_a = kept(parts.a + k0), from_b = kept(parts.b + (TRANSPOSED ? k0 : k0 * p0.ldb));
        unsigned a = NOTHING, b = NOTHING;
        if (k0 < parts.end_a) a = word(p0.a, from_a);
        if (k0 < parts.end_b) b = word(p0.b, from_b);
        if (PLACES) {
            bool wrong = from_a + from_b + k0 != other.sum;
            wrong |= (a == NOTHING) == (other.k < other.end_a);
            wrong |= (b == NOTHING) == (other.k < other.end_b);
            if (wrong) {
                own.find<2, TRANSPOSED>();
                parts.find<2>(p2);
                if (parts.sum(p2, k0) != other.sum) k0 = other.k; // two of three say so
                other.find<3>(p1, k0);
                if (k0 < parts.end_a) a = word(p2.a, parts.a + k0);
                if (k0 < parts.end_b) b = word(p2.b, parts.b + (TRANSPOSED ? k0 : k0 * p2.ldb));
                doubt = true;
            }
        }
        at(tiles, own.a) = __uint_as_float(a);
        at(tiles, own.b) = __uint_as_float(b);
        __syncthreads();
        if (inside) {
            int steps = min(TILE, p0.k - k0);
            if (steps == TILE) {
#pragma unroll
                for (int i = 0; i < TILE; ++i) {
                    float x = at(tiles, own.row + i * 4), y = at(tiles, own.column + i * LINE);
                    sum = fmaf(x, y, sum);
                    if (SUMS) again = fmaf(x, y, again);
                }
            } else {
#pragma unroll 1
                for (int i = 0; i < steps; ++i) {
                    float x = at(tiles, own.row + i * 4), y = at(tiles, own.column + i * LINE);
                    sum = fmaf(x, y, sum);
                    if (SUMS) again = fmaf(x, y, again);
                }
            }
        }
        next(k0);
        if (PLACES) other.step(p1);
        __syncthreads();
        // Asked twice: a wrong answer that there is more adds a step without products, one that there is not nothing.
        if (k0 < p0.k) continue;
        if (!PLACES || ended(other.k, p1.k)) break;
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
