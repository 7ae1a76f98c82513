/* Bilinear interpolation of bytes to another size, one rounding per float operation. */
extern "C" __global__ void resize(const unsigned char *in, unsigned char *out, int width, int height, int to_width,
                                  int to_height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= to_width || y >= to_height)
        return;
    float fx = __fdiv_rn(__fmul_rn(x, width - 1), to_width - 1);
    float fy = __fdiv_rn(__fmul_rn(y, height - 1), to_height - 1);
    int x0 = min((int)fx, width - 2), y0 = min((int)fy, height - 2);
    float u = __fsub_rn(fx, x0), v = __fsub_rn(fy, y0);
    const unsigned char *p = in + y0 * width + x0;
    float top = __fadd_rn(p[0], __fmul_rn(u, __fsub_rn(p[1], p[0])));
    float bottom = __fadd_rn(p[width], __fmul_rn(u, __fsub_rn(p[width + 1], p[width])));
    out[y * to_width + x] = (unsigned char)rintf(__fadd_rn(top, __fmul_rn(v, __fsub_rn(bottom, top))));
}
