// A map within a border; between its rows and columns, if they are spread, is border too.
struct Source {
    int in_c, in_h, in_w, height, width, before_c, before_h, before_w, spread_h, spread_w;
};

// The element of the input that output ID is, -1 for none.
__device__ inline int source_of(const Source &p, int id)
{
    int rest = id / p.width;
    int x = id % p.width - p.before_w;
    int y = rest % p.height - p.before_h;
    int c = rest / p.height - p.before_c;
    if (c < 0 || c >= p.in_c || y < 0 || x < 0 || y % p.spread_h != 0 || x % p.spread_w != 0) return -1;
    x /= p.spread_w;
    y /= p.spread_h;
    return x < p.in_w && y < p.in_h ? (c * p.in_h + y) * p.in_w + x : -1;
}
