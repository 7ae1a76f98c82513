// Values at steps of their own along the axes of the output.
struct Source {
    int height, width, offset, step_c, step_h, step_w;
};

// The element of the input that output ID is.
__device__ inline int source_of(const Source &p, int id)
{
    int rest = id / p.width;
    return p.offset + rest / p.height * p.step_c + rest % p.height * p.step_h + id % p.width * p.step_w;
}
