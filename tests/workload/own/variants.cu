// A kernel, and what its author has made of it to harden it.

__device__ float smoothed(const float *in, int i, int n) {
    float left = in[i > 0 ? i - 1 : 0], right = in[i < n - 1 ? i + 1 : n - 1];
    return 0.25f * left + 0.5f * in[i] + 0.25f * right;
}

extern "C" __global__ void smooth(const float *in, float *out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = smoothed(in, i, n);
}

// Two copies; where they differ the first word of alarms says so. The compiler does not know that zero is 0.
extern "C" __global__ void smooth_dmr(const float *in, float *out, int n, unsigned *alarms, int zero) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, j = (blockIdx.x + zero) * blockDim.x + threadIdx.x;
    if (i != j) alarms[0] = 1;
    if (i >= n) return;
    float one = smoothed(in, i, n), two = smoothed(in + zero, j, n);
    if (__float_as_int(one) != __float_as_int(two)) alarms[0] = 1;
    out[i] = one;
}

// Three copies and a vote; where one differs the second word of alarms says so, where all do the first.
extern "C" __global__ void smooth_tmr(const float *in, float *out, int n, unsigned *alarms, int zero) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int one = __float_as_int(smoothed(in, i, n)), two = __float_as_int(smoothed(in + zero, i + zero, n)),
        three = __float_as_int(smoothed(in + 2 * zero, i + 3 * zero, n));
    if (one != two || one != three) alarms[one == two || one == three || two == three] = 1;
    out[i] = __int_as_float((one & two) | (one & three) | (two & three));
}

extern "C" __global__ void smooth_wrong(const float *in, float *out, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) out[i] = smoothed(in, i, n) + 1e-6f;
}

extern "C" __global__ void scale(float *out, float by) {
    out[blockIdx.x * blockDim.x + threadIdx.x] *= by;
}

// What is scaled lies between 0 and 1; anything else raises the alarm.
extern "C" __global__ void scale_guard(float *out, float by, unsigned *alarms) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float x = out[i];
    if (!(x >= 0.0f && x <= 1.0f)) alarms[0] = 1;
    out[i] = x * by;
}
