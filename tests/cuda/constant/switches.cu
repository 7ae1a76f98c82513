/* A jump through a table in the compiler's constant bank. */
extern "C" __global__ void switches(const int *what, int *out, int n)
{
    int t = threadIdx.x, v = what[t];
    switch (v) {
    case 0: v = n * 3; break;
    case 1: v = n ^ 7; break;
    case 2: v = n / 3; break;
    case 3: v = n % 5; break;
    case 4: v = n << 3; break;
    case 5: v = n - 9; break;
    case 6: v = n * n; break;
    case 7: v = __popc(n); break;
    default: v = -1;
    }
    out[t] = v;
}
