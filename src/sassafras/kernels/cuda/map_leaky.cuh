// x, alpha x where x is negative.
#define NUMBERS 1

__device__ inline float formula(float x, float alpha) { return x < 0.0f ? alpha * x : x; }
