// a b.
__device__ inline float formula(float a, float b) { return a * b; }
