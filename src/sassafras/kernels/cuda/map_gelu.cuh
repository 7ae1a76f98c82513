// x times the normal distribution function of x, by erf.
#define NUMBERS 0

__device__ inline float formula(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678f)); }
