// (PLACE * TIMES + PLUS) / BY, rounded down, held within a row of EXTENT.
__device__ inline int nearest(int place, int times, int plus, int by, int extent)
{
    return min(max(place * times + plus, 0) / by, extent - 1);
}

struct Source {
    int in_h, in_w, height, width, times_h, plus_h, by_h, times_w, plus_w, by_w;
};

// The element of the input that output ID is.
__device__ inline int source_of(const Source &p, int id)
{
    int rest = id / p.width;
    int x = nearest(id % p.width, p.times_w, p.plus_w, p.by_w, p.in_w);
    int y = nearest(rest % p.height, p.times_h, p.plus_h, p.by_h, p.in_h);
    return (rest / p.height * p.in_h + y) * p.in_w + x;
}
