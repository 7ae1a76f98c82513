/* Insertion sort of one row of doubles per thread, in global memory. */
extern "C" __global__ void insertion(double *rows, int count, int columns)
{
    int r = blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= count)
        return;
    double *row = rows + r * columns;
    for (int c = 1; c < columns; c++) {
        double x = row[c];
        int k = c;
        while (k > 0 && row[k - 1] > x) {
            row[k] = row[k - 1];
            k--;
        }
        row[k] = x;
    }
}
