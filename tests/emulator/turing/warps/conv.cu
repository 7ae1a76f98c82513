// Lanes part, meet again, and tell each other something: nothing but convergence barriers brings them together.
extern "C" __global__ void after_branch(const int *in, int *out)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    int v = in[t];
    if (v & 1) {
        for (int k = 0; k < (v & 15); k++) v = v * 3 + k;
    } else {
        for (int k = 0; k < (v & 7); k++) v = (v ^ k) + 7 * v;
    }
    out[t] = v + __shfl_xor_sync(0xffffffffu, v, 1) + __popc(__ballot_sync(0xffffffffu, v & 2));
}

extern "C" __global__ void loop_with_break(const int *in, int *out)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    int v = in[t], sum = 0;
    for (int k = 0; k < 40; k++) {
        v = v * 1103515245 + 12345;
        if ((v >> 16 & 31) == 3) break;
        if (v >> 16 & 1) { sum += v >> 20; if ((v >> 18 & 7) == 5) break; } else { sum ^= v; }
    }
    out[t] = sum + __shfl_down_sync(0xffffffffu, sum, 3);
}

extern "C" __global__ void nested(const int *in, int *out)
{
    int t = blockIdx.x * blockDim.x + threadIdx.x;
    int v = in[t], got = 0;
    if (v & 1) {
        if (v & 2) v = v * 5 / ((v & 255) + 1); else v = v % ((v & 127) + 3);
        got = __ballot_sync(__activemask(), v & 4);
    } else {
        while (v > 100) v = v / 3 - 1;
        got = __ballot_sync(__activemask(), v & 8);
    }
    out[t] = got ^ (__ballot_sync(0xffffffffu, v & 1) * 3) ^ v;
}
