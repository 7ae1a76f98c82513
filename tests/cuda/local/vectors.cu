/* An array of float4 and one of structs, indexed by data. */
struct Pair { short key; double value; };
extern "C" __global__ void vectors(const float4 *in, const int *pick, float4 *out, double *sums)
{
    float4 v[8];
    Pair p[5];
    int t = threadIdx.x;
    for (int i = 0; i < 8; i++)
        v[i] = in[8 * t + i];
    for (int i = 0; i < 5; i++) {
        p[i].key = (short)(pick[t] * (i - 2));
        p[i].value = v[i].x * 0.25;
    }
    v[pick[t] & 7].y += 1.0f;
    p[pick[t] % 5].value *= p[(pick[t] + 1) % 5].key;
    out[t] = v[(pick[t] + t) & 7];
    double sum = 0;
    for (int i = 0; i < 5; i++)
        sum += p[i].value + p[i].key;
    sums[t] = sum;
}
