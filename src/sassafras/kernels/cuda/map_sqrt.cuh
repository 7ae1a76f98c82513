// The square root.
#define NUMBERS 0

__device__ inline float formula(float x) { return sqrtf(x); }
