// a, b a where a is negative.
__device__ inline float formula(float a, float b) { return a < 0.0f ? b * a : a; }
