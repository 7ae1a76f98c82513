// a to the b, as a power of two of b times a rounded logarithm: the further from 1, the fewer bits are right.
__device__ inline float formula(float a, float b)
{
    float size = __powf(fabsf(a), b); // 2^(b log2 |a|)
    bool whole = truncf(b) == b, odd = truncf(0.5f * b) != 0.5f * b;
    float result = odd ? -size : size;
    result = whole ? result : __int_as_float(0x7fffffff);
    result = a >= 0.0f ? size : result;
    return b == 0.0f ? 1.0f : result;
}
