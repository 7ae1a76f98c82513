// Local response normalisation: x (bias + scale s)^exponent, s the sum of the squares of the channels from BEFORE to
// AFTER around that of x. The power is a power of two of EXPONENT times a rounded logarithm.
struct Response {
    int channels, pixels, before, after;
    float bias, scale, exponent;
};

__device__ inline float normalised(const Response &p, int id, const float *input)
{
    int channel = id / p.pixels % p.channels;
    float sum = 0.0f;
#pragma unroll 1
    for (int k = -p.before; k <= p.after; ++k) {
        if (channel + k < 0 || channel + k >= p.channels) continue;
        float x = input[id + k * p.pixels];
        sum += x * x;
    }
    return input[id] * __powf(p.bias + p.scale * sum, p.exponent);
}
