// One step of a diffusion on an n x n grid: the edge stays, every other value moves towards its four neighbours.
extern "C" __global__ void step(const float *old, float *now, int n, float rate) {
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= n || y >= n) return;
    float here = old[y * n + x];
    if (x > 0 && y > 0 && x < n - 1 && y < n - 1) {
        float around = old[y * n + x - 1] + old[y * n + x + 1] + old[(y - 1) * n + x] + old[(y + 1) * n + x];
        here += rate * (around - 4.0f * here);
    }
    now[y * n + x] = here;
}
