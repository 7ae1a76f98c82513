// C = A B of halves with sums in floats, by tensor cores: a warp makes a tile of 16 x 8. The factors go through
// shared memory, from which ldmatrix gives each lane its part; A is by rows, B by columns.
typedef unsigned short half_bits;

extern "C" __global__ void tiles(const half_bits *a, const half_bits *b, float *c, int n, int depth) {
    __shared__ __align__(16) half_bits sa[16 * 16], sb[8 * 16];
    int lane = threadIdx.x, row = 16 * blockIdx.y, column = 8 * blockIdx.x;
    float d[4] = {0, 0, 0, 0};
    for (int k = 0; k < depth; k += 16) {
        for (int i = lane; i < 256; i += 32) sa[i] = a[(row + i / 16) * depth + k + i % 16];
        for (int i = lane; i < 128; i += 32) sb[i] = b[(column + i / 16) * depth + k + i % 16];
        __syncthreads();
        unsigned pa = (unsigned)__cvta_generic_to_shared(&sa[16 * (lane % 16) + 8 * (lane / 16)]);
        unsigned pb = (unsigned)__cvta_generic_to_shared(&sb[16 * (lane % 8) + 8 * (lane / 8 % 2)]);
        unsigned x[4], y[2];
        asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                     : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3]) : "r"(pa));
        asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];" : "=r"(y[0]), "=r"(y[1]) : "r"(pb));
        asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"(x[3]), "r"(y[0]), "r"(y[1]));
        __syncthreads();
    }
    for (int i = 0; i < 4; ++i) c[(row + lane / 4 + 8 * (i / 2)) * n + column + 2 * (lane % 4) + i % 2] = d[i];
}
