// The natural logarithm.
#define NUMBERS 0

__device__ inline float formula(float x) { return logf(x); }
