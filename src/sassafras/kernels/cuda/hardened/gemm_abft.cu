// gemm.cu with checksums: every row and every column of a block's tile of C is summed up and compared with what
// the sums must be, computed from C, A and B on the way (Huang and Abraham, IEEE Trans. Computers C-33(6), 1984).
// Where a sum is wrong, the elements of that row or column are computed once more, exactly as before; so is an
// element whose place two copies of the indexes do not agree on.
//
// Rounding never raises an alarm. With u = 2^-24 and S = sum of |C| + |A| |B| over the row, every term of the sum
// of the results passes at most k + 15 roundings, and so does every term of the checksum: they differ by at most
// 2 ((1 + u)^(k + 15) - 1) S, plus 2^-150 for each of the 17 k products that may underflow. S itself comes out at
// least as (1 - u)^(k + 16) S. `tolerance` >= 2.25 (k + 16) u covers both up to k = 65536, `smallest` the rest.
// A row or column with S >= 2^126 or without S (NaN) is not checked: its sums might overflow.
#include "gemm.cuh"
#define CHECKED 8.507059173023462e37f // 2^126

// Sums over the tiles of one step along k: of the columns of A, of the rows of B, and of absolute values.
struct Sums {
    float value[2][TILE];
    float size[2][TILE];
};

// The checksum of one row (side 0) or one column (side 1) of the tile: thread `line` of warp 0 keeps it.
struct Checksum {
    int side, line;
    float expected, size;

    __device__ inline float &at(Tiles &tiles, int along) const
    {
        return side ? tiles.b[along][line] : tiles.a[line][along];
    }

    // Start from the sum of C: it lies in `tiles.a`.
    __device__ inline void begin(Tiles &tiles)
    {
        for (int i = 0; i < TILE; ++i) {
            float c = side ? tiles.a[i][line] : tiles.a[line][i];
            expected += c;
            size += fabsf(c);
        }
    }

    // The sums that the checksums of the other threads need: side 0 needs rows of B, side 1 columns of A.
    __device__ inline void sum(const Tiles &tiles, Sums &sums) const
    {
        float value = 0.0f, absolute = 0.0f;
        for (int i = 0; i < TILE; ++i) {
            float x = side ? tiles.a[i][line] : tiles.b[line][i];
            value += x;
            absolute += fabsf(x);
        }
        sums.value[side][line] = value;
        sums.size[side][line] = absolute;
    }

    __device__ inline void add(Tiles &tiles, const Sums &sums)
    {
        for (int i = 0; i < TILE; ++i) {
            float x = at(tiles, i);
            expected = fmaf(x, sums.value[side][i], expected);
            size = fmaf(fabsf(x), sums.size[side][i], size);
        }
    }

    // Whether the sum of the results (they lie in `tiles.a`) is none that rounding can explain.
    __device__ inline bool wrong(const Tiles &tiles, float tolerance, float smallest) const
    {
        float found = 0.0f;
        for (int i = 0; i < TILE; ++i) found += side ? tiles.a[i][line] : tiles.a[line][i];
        return size < CHECKED && !(fabsf(found - expected) <= fmaf(size, tolerance, smallest));
    }
};

extern "C" __global__ void gemm_abft(Gemm p0, Gemm p1, float tolerance, float smallest, int *corrected)
{
    __shared__ Tiles tiles[2];
    __shared__ Sums sums;
    __shared__ int wrong[2][TILE];
    Chain<0> chain(p0, tiles[0]);
    Chain<1> input(p1, tiles[1]); // what the checksums are made of is loaded a second time
    bool checks = input.ty < 2;
    Checksum check = {input.ty, input.tx, 0.0f, 0.0f};
    tiles[1].a[input.ty][input.tx] = input.sum;
    __syncthreads();
    if (checks) check.begin(tiles[1]);
    __syncthreads();
    while (chain.more() | input.more()) { // the neighbours need what either loads
        chain.load();
        input.load();
        __syncthreads();
        chain.add();
        if (checks) check.sum(tiles[1], sums);
        __syncthreads();
        if (checks) check.add(tiles[1], sums);
        input.k0 += TILE;
        __syncthreads();
    }
    tiles[1].a[input.ty][input.tx] = chain.sum;
    __syncthreads();
    if (checks) wrong[input.ty][input.tx] = check.wrong(tiles[1], tolerance, smallest);
    __syncthreads();
    Result<1> r = chain.result(), place = input.result();
    place.word[0] = r.word[0];
    if (wrong[0][input.ty] | wrong[1][input.tx] | differ(r, place)) {
        Result<1> again = recomputed<1>(p1);
        if (differ(r, again)) raise(corrected);
        r = again;
    }
    if (r.inside) store(r);
    place.word[0] = r.word[0];
    if (place.inside) {
        if (missing(place, r)) { // struck on its way, or it went elsewhere
            store(place);
            raise(corrected);
        }
    }
}
