// Windows of rows and columns over planes, one plane behind the other.
#include "gather.cuh"

struct Windows {
    int in_h, in_w, out_h, out_w, size_h, size_w, stride_h, stride_w, dilation_h, dilation_w, before_h, before_w;
};

// The positions that count for a mean, inside the map or not: those from low to end.
struct Counted {
    int low_h, low_w, end_h, end_w;

    __device__ inline bool has(int y, int x) const { return y >= low_h && y < end_h && x >= low_w && x < end_w; }
};

// Gathers the values in the map that lie under window ID, row by row, and shows it every position.
// ZERO: where counting begins; a plain 0 would be one register of all copies of a hardened kernel.
template <class Gather>
__device__ inline void walk_window(const Windows &p, int id, const float *input, Gather &gather, int zero)
{
    int column = id % p.out_w * p.stride_w - p.before_w;
    int rest = id / p.out_w;
    int row = rest % p.out_h * p.stride_h - p.before_h;
    const float *plane = input + rest / p.out_h * (p.in_h * p.in_w);
    for (int i = zero; i < p.size_h; ++i) {
#pragma unroll 1
        for (int j = zero; j < p.size_w; ++j) {
            int y = row + i * p.dilation_h;
            int x = column + j * p.dilation_w;
            gather.place(y, x);
            if (y >= 0 && y < p.in_h && x >= 0 && x < p.in_w) gather.value(plane[y * p.in_w + x]);
        }
    }
}

struct WindowMax : Largest {
    __device__ inline void place(int, int) {}
};

struct WindowMean : Sum {
    Counted counted;
    int count;

    __device__ inline WindowMean(const Counted &c) : counted(c), count(0) {}
    __device__ inline void place(int y, int x) { count += counted.has(y, x); }
};

__device__ inline float window_max_of(const Windows &p, int id, const float *input, int zero)
{
    WindowMax gather;
    walk_window(p, id, input, gather, zero);
    return gather.result;
}

__device__ inline float window_mean_of(const Windows &p, const Counted &counted, int id, const float *input, int zero)
{
    WindowMean gather(counted);
    walk_window(p, id, input, gather, zero);
    return gather.result / (float)gather.count;
}
