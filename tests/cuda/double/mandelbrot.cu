/* How many steps a point of the plane takes to leave the circle of radius 2, at most ``most``. */
extern "C" __global__ void mandelbrot(int *steps, double left, double top, double side, int width, int height,
                                      int most)
{
    int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y * blockDim.y + threadIdx.y;
    if (column >= width || row >= height)
        return;
    double cx = __dadd_rn(left, __dmul_rn(column, side)), cy = __dsub_rn(top, __dmul_rn(row, side));
    double x = 0.0, y = 0.0;
    int k = 0;
    while (k < most) {
        double xx = __dmul_rn(x, x), yy = __dmul_rn(y, y);
        if (__dadd_rn(xx, yy) > 4.0)
            break;
        y = __dadd_rn(__dmul_rn(__dmul_rn(2.0, x), y), cy);
        x = __dadd_rn(__dsub_rn(xx, yy), cx);
        k++;
    }
    steps[row * width + column] = k;
}
