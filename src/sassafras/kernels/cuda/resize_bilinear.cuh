// Where a value of the output lies between values of the input: scale * place + shift, held within the map.
struct Scaling {
    int in_h, in_w, height, width;
    float scale_h, shift_h, scale_w, shift_w;
};

__device__ inline float place_in(int extent, int place, float scale, float shift)
{
    float last = extent - 1;
    float at = scale * place + shift;
    return at < 0.0f ? 0.0f : at > last ? last : at;
}

__device__ inline float between(float one, float other, float part) { return (other - one) * part + one; }

__device__ inline float bilinear(const Scaling &p, int id, const float *input)
{
    int rest = id / p.width;
    float y = place_in(p.in_h, rest % p.height, p.scale_h, p.shift_h);
    float x = place_in(p.in_w, id % p.width, p.scale_w, p.shift_w);
    int top = y, left = x;
    int bottom = min(top + 1, p.in_h - 1), right = min(left + 1, p.in_w - 1);
    const float *plane = input + rest / p.height * (p.in_h * p.in_w);
    float above = between(plane[top * p.in_w + left], plane[top * p.in_w + right], x - left);
    float below = between(plane[bottom * p.in_w + left], plane[bottom * p.in_w + right], x - left);
    return between(above, below, y - top);
}
