// Temperatures of a chip: heat flows between neighbours of an n x n grid, into the surroundings, and comes from the
// power that each place takes. (The thermal model of the benchmark HotSpot; this code is our own.)
#define SIDE 16
extern "C" __global__ void heat(const float *power, const float *old, float *now, int n, float per_capacity, float rx,
                                float ry, float rz, float ambient) {
    __shared__ float tile[SIDE + 2][SIDE + 2];
    int tx = threadIdx.x + 1, ty = threadIdx.y + 1;
    int x = blockIdx.x * SIDE + threadIdx.x, y = blockIdx.y * SIDE + threadIdx.y;
    float here = old[y * n + x];
    tile[ty][tx] = here;
    if (tx == 1) tile[ty][0] = x > 0 ? old[y * n + x - 1] : here;
    if (tx == SIDE) tile[ty][SIDE + 1] = x < n - 1 ? old[y * n + x + 1] : here;
    if (ty == 1) tile[0][tx] = y > 0 ? old[(y - 1) * n + x] : here;
    if (ty == SIDE) tile[SIDE + 1][tx] = y < n - 1 ? old[(y + 1) * n + x] : here;
    __syncthreads();
    float flow = power[y * n + x] + (tile[ty - 1][tx] + tile[ty + 1][tx] - 2.0f * here) * ry +
                 (tile[ty][tx - 1] + tile[ty][tx + 1] - 2.0f * here) * rx + (ambient - here) * rz;
    now[y * n + x] = here + per_capacity * flow;
}
