// 1 / (1 + exp(-x)).
#define NUMBERS 0

__device__ inline float formula(float x) { return 1.0f / (1.0f + expf(-x)); }
