// x times alpha x + beta held within 0 and 1; a NaN stays.
#define NUMBERS 2

__device__ inline float formula(float x, float alpha, float beta)
{
    float t = alpha * x + beta;
    return x * (t < 0.0f ? 0.0f : t > 1.0f ? 1.0f : t);
}
