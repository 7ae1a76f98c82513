// Sorts blocks of as many integers as they have threads, ascending, in dynamic shared memory (a bitonic network).
extern "C" __global__ void sort(int *values) {
    extern __shared__ int held[];
    int t = threadIdx.x;
    held[t] = values[blockIdx.x * blockDim.x + t];
    __syncthreads();
    for (int size = 2; size <= blockDim.x; size *= 2) {
        for (int stride = size / 2; stride > 0; stride /= 2) {
            int other = t ^ stride;
            if (other > t) {
                bool up = (t & size) == 0;
                int a = held[t], b = held[other];
                if ((a > b) == up) {
                    held[t] = b;
                    held[other] = a;
                }
            }
            __syncthreads();
        }
    }
    values[blockIdx.x * blockDim.x + t] = held[t];
}
