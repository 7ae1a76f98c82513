// Structs by value: a pointer inside, padding, an array, a struct in a struct, a vector of CUDA, an aligned one.

struct Range {
    int from, to;
};

struct Params {
    const float *data;  // 0
    char step;          // 8
    double scale;       // 16
    float coef[3];      // 24
    Range range;        // 36
    short last;         // 44; 48 bytes with what is behind it
};

struct __align__(16) Wide {
    float value;
};

extern "C" __global__ void apply(Params p, float *out, float4 add) {
    int i = threadIdx.x;
    if (i < p.range.from || i >= p.range.to) return;
    float x = p.data[i * p.step];
    out[i] = (float)(p.scale * (p.coef[0] + x * (p.coef[1] + x * p.coef[2]))) + add.x + add.w + p.last;
}

extern "C" __global__ void odd(int first, Range range, Wide wide, char3 three, unsigned long long big, int *out) {
    out[0] = first, out[1] = range.from, out[2] = range.to, out[3] = (int)wide.value;
    out[4] = three.x, out[5] = three.y, out[6] = three.z, out[7] = (int)(big >> 32), out[8] = (int)big;
}
