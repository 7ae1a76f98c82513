/* A switch of eleven cases: a table of jumps. */
extern "C" __global__ void cases(const int *which, const int *x, int *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    int v = x[i];
    switch (which[i]) {
    case 0: v += 17; break;
    case 1: v ^= 0x55; break;
    case 2: v = v * 3 - 1;
    case 3: v = v << 2; break;
    case 4: v = -v; break;
    case 5: v = v / 7; break;
    case 6: v = v % 11; break;
    case 7: v = __popc(v); break;
    case 8: v = __clz(v); break;
    case 9: v = min(v, 100); break;
    case 10: v = v > 0 ? 1 : 2; break;
    default: v = 0;
    }
    out[i] = v;
}
