// One copy of gemm.cu: the chain of one element of C, with tiles of its own.
#include "copies.cuh"
#define TILE 16

struct Gemm {
    const float *a, *b;
    float *c;
    int transpose_b, m, n, k, lda, ldb, ldc, zero;
};

// Where a copy keeps its parts of A and B.
struct Tiles {
    float a[TILE][TILE + 1];
    float b[TILE][TILE + 1];
};

// The place of a thread in the grid, each number read by every copy for itself.
template <int COPY> __device__ __noinline__ int tile_row() { return blockIdx.y * TILE; }
template <int COPY> __device__ __noinline__ int tile_column() { return blockIdx.x * TILE; }
template <int COPY> __device__ __noinline__ int thread_row() { return thread_y(); }
template <int COPY> __device__ __noinline__ int thread_column() { return thread_x(); }

template <int COPY> struct Chain {
    const Gemm &p;
    Tiles &tiles;
    int tx, ty, row, column, b_row, k0;
    bool inside;
    float sum;

    __device__ inline Chain(const Gemm &arguments, Tiles &own) : p(arguments), tiles(own)
    {
        tx = thread_column<COPY>();
        ty = thread_row<COPY>();
        int first = tile_column<COPY>();
        row = tile_row<COPY>() + ty;
        column = first + tx;
        b_row = first + ty;
        inside = row < p.m && column < p.n;
        sum = inside ? p.c[row * p.ldc + column] : 0.0f;
        k0 = p.zero;
    }

    // All ones while there are products to be added.
    __device__ inline unsigned more() const { return mask(k0 < p.k); }

    __device__ inline void load()
    {
        tiles.a[ty][tx] = (row < p.m && k0 + tx < p.k) ? p.a[row * p.lda + k0 + tx] : 0.0f;
        if (p.transpose_b) {
            // Neighbouring threads read neighbouring k, so that the loads stay coalesced.
            tiles.b[tx][ty] = (b_row < p.n && k0 + tx < p.k) ? p.b[b_row * p.ldb + k0 + tx] : 0.0f;
        } else {
            tiles.b[ty][tx] = (k0 + ty < p.k && column < p.n) ? p.b[(k0 + ty) * p.ldb + column] : 0.0f;
        }
    }

    __device__ inline void add()
    {
        if (inside) {
            int steps = min(TILE, p.k - k0);
            if (steps == TILE) {
#pragma unroll
                for (int i = 0; i < TILE; ++i) sum = fmaf(tiles.a[ty][i], tiles.b[i][tx], sum);
            } else {
                for (int i = 0; i < steps; ++i) sum = fmaf(tiles.a[ty][i], tiles.b[i][tx], sum);
            }
        }
        // Volatile: counters that step together would else be one counter.
        asm volatile("add.s32 %0, %0, %1;" : "+r"(k0) : "n"(TILE));
    }

    __device__ inline Result<1> result() const
    {
        return {mask(inside), {address(p.c + row * p.ldc + column)}, {__float_as_uint(sum)}};
    }
};

// The same chain by one thread alone, straight from memory: the same bits.
template <int COPY> __device__ inline Result<1> recomputed(const Gemm &p)
{
    int row = tile_row<COPY>() + thread_row<COPY>();
    int column = tile_column<COPY>() + thread_column<COPY>();
    bool inside = row < p.m && column < p.n;
    float sum = 0.0f;
    if (inside) {
        const float *a = p.a + row * p.lda;
        const float *b = p.b + (p.transpose_b ? column * p.ldb : column);
        int step = p.transpose_b ? 1 : p.ldb;
        sum = p.c[row * p.ldc + column];
        for (int i = p.zero; i < p.k; ++i, b += step) sum = fmaf(a[i], *b, sum);
    }
    return {mask(inside), {address(p.c + row * p.ldc + column)}, {__float_as_uint(sum)}};
}
