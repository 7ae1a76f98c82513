/* Pointers to variables, in constant and in global memory, set when the module is loaded. */
__device__ float left_[4] = {1, 2, 3, 4};
__device__ float right_[4] = {-1, -2, -3, -4};
__constant__ float *sides[2] = {left_, right_};
__device__ float *second = right_ + 2;
__constant__ int offsets[3] = {3, 1, 2};
__device__ const int *chosen = &offsets[1];
extern "C" __global__ void pointers(float *out, int side)
{
    int t = threadIdx.x;
    float *p = sides[(side + t) & 1];
    out[t] = p[t & 3] * 10 + *second + chosen[0];
    if (t == 7)
        second[1] = 99;
}
