// Potentials and forces of particles in boxes, each with those of its own and of the neighbouring boxes (a grid of
// `side` boxes in three directions). (The problem of the benchmark LavaMD; this code is our own.)
#define EACH 32
extern "C" __global__ void forces(const float4 *places, const float *charges, float4 *out, int side, float alpha) {
    __shared__ float4 near[EACH];
    __shared__ float charge[EACH];
    int t = threadIdx.x, box = blockIdx.x;
    int bx = box % side, by = box / side % side, bz = box / (side * side);
    float4 own = places[box * EACH + t];
    float potential = 0.0f, fx = 0.0f, fy = 0.0f, fz = 0.0f;
    for (int z = max(bz - 1, 0); z <= min(bz + 1, side - 1); ++z) {
        for (int y = max(by - 1, 0); y <= min(by + 1, side - 1); ++y) {
            for (int x = max(bx - 1, 0); x <= min(bx + 1, side - 1); ++x) {
                int other = (z * side + y) * side + x;
                __syncthreads();
                near[t] = places[other * EACH + t];
                charge[t] = charges[other * EACH + t];
                __syncthreads();
                for (int k = 0; k < EACH; ++k) {
                    float dx = own.x - near[k].x, dy = own.y - near[k].y, dz = own.z - near[k].z;
                    float u = alpha * (dx * dx + dy * dy + dz * dz);
                    float v = exp2f(-u), s = 2.0f * v * charge[k];
                    potential += charge[k] * v;
                    fx += s * dx;
                    fy += s * dy;
                    fz += s * dz;
                }
            }
        }
    }
    out[box * EACH + t] = make_float4(fx, fy, fz, potential);
}
