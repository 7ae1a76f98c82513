// One copy of im2col_gpu_ext.cu: a walk over the elements of the thread's windows.
#include "walk.cuh"

struct Parameters {
    const float *image;
    float *columns;
    int n, height, width, kernel_h, kernel_w, pad_h, pad_w, stride_h, stride_w, dilation_h, dilation_w;
    int height_col, width_col, grid_x, block_x;
};

template <int COPY> struct Walk {
    const Parameters &p;
    int index, h, w, bottom, right;
    float *to;
    const float *from;

    __device__ inline Walk(const Parameters &arguments) : p(arguments)
    {
        index = thread_index<COPY>(p.grid_x, p.block_x);
        open();
    }

    // Stand at the first element of window `index`; behind the last window nowhere.
    __device__ inline void open()
    {
        if (index >= p.n) {
            h = -1;
            to = nullptr;
            return;
        }
        int w_out = index % p.width_col;
        int rest = index / p.width_col;
        int h_out = rest % p.height_col;
        int channel = rest / p.height_col;
        h = h_out * p.stride_h - p.pad_h;
        w = w_out * p.stride_w - p.pad_w;
        to = p.columns + (channel * p.kernel_h * p.kernel_w * p.height_col + h_out) * p.width_col + w_out;
        from = p.image + (channel * p.height + h) * p.width + w;
        bottom = h + p.kernel_h * p.dilation_h;
        right = w + p.kernel_w * p.dilation_w;
    }

    __device__ inline Result<1> result() const
    {
        bool valid = (unsigned)h < (unsigned)p.height && (unsigned)w < (unsigned)p.width;
        unsigned word = valid ? __float_as_uint(*from) : 0u;
        return {mask(index < p.n), {address(to)}, {word}};
    }

    __device__ inline void step()
    {
        to += p.height_col * p.width_col;
        from += p.dilation_w;
        w += p.dilation_w;
        if (w < right) return;
        w = right - p.kernel_w * p.dilation_w;
        from += p.dilation_h * p.width - p.kernel_w * p.dilation_w;
        h += p.dilation_h;
        if (h < bottom) return;
        index += p.block_x * p.grid_x;
        open();
    }
};
