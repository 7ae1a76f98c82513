/* Each thread sorts sixteen values in local memory and picks one. */
extern "C" __global__ void sorted(const float *values, float *picked, const int *rank, int threads)
{
    float own[16];
    int t = threadIdx.x + blockIdx.x * blockDim.x;
    if (t >= threads)
        return;
#pragma unroll 1
    for (int i = 0; i < 16; i++) {
        float v = values[16 * t + i];
        int k = i;
#pragma unroll 1
        while (k > 0 && own[k - 1] > v) {
            own[k] = own[k - 1];
            k--;
        }
        own[k] = v;
    }
    picked[t] = own[rank[t]];
}
