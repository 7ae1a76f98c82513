// x held within alpha and beta; a NaN stays.
#define NUMBERS 2

__device__ inline float formula(float x, float alpha, float beta)
{
    return x < alpha ? alpha : x > beta ? beta : x;
}
