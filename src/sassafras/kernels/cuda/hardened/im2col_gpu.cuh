// One copy of im2col_gpu.cu: a walk over the elements of the thread's windows.
#include "walk.cuh"

struct Im2col {
    const float *image;
    float *columns;
    int n, height, width, ksize, pad, stride, height_col, width_col, grid_x, block_x;
};

template <int COPY> struct Im2colWalk {
    const Im2col &p;
    int index, i, j, h, w, left;
    float *to;
    const float *from;

    __device__ inline Im2colWalk(const Im2col &arguments) : p(arguments)
    {
        index = thread_index<COPY>(p.grid_x, p.block_x);
        open();
    }

    // Stand at the first element of window `index`.
    __device__ inline void open()
    {
        int w_out = index % p.width_col;
        int rest = index / p.width_col;
        int h_out = rest % p.height_col;
        int channel = rest / p.height_col;
        h = h_out * p.stride - p.pad;
        w = left = w_out * p.stride - p.pad;
        to = p.columns + (channel * p.ksize * p.ksize * p.height_col + h_out) * p.width_col + w_out;
        from = p.image + (channel * p.height + h) * p.width + w;
        i = j = 0;
    }

    __device__ inline Result<1> result() const
    {
        bool inside = index < p.n;
        bool valid = inside && h >= 0 && w >= 0 && h < p.height && w < p.width;
        unsigned word = valid ? __float_as_uint(*from) : 0u;
        return {mask(inside), {address(to)}, {word}};
    }

    __device__ inline void step()
    {
        to += p.height_col * p.width_col;
        ++from;
        ++w;
        if (++j < p.ksize) return;
        j = 0;
        w = left;
        from += p.width - p.ksize;
        ++h;
        if (++i < p.ksize) return;
        index += p.block_x * p.grid_x;
        open();
    }
};
