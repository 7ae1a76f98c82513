// x times the normal distribution function of x, approximated by tanh.
#define NUMBERS 0

__device__ inline float formula(float x)
{
    return 0.5f * x * (1.0f + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
}
