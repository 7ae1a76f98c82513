// x tanh(log(1 + exp(x))), in the form of AlexeyAB's mish_yashas2, with the exact functions.
#define NUMBERS 0

__device__ inline float formula(float x)
{
    float e = expf(x);
    float n = e * e + 2.0f * e;
    return x <= -0.6f ? x * (n / (n + 2.0f)) : x - 2.0f * (x / (n + 2.0f));
}
