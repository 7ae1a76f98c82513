// Softmax over n values for each (image, group). One thread per (image, group).
#define INFINITY __int_as_float(0x7f800000)

extern "C" __global__ void softmax(const float *input, int n, int batch, int batch_offset, int groups,
                                   int group_offset, int stride, float temp, float *output)
{
    int id = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (id >= batch * groups) return;
    int image = id / groups;
    int group = id % groups;
    const float *in = input + image * batch_offset + group * group_offset;
    float *out = output + image * batch_offset + group * group_offset;
    float largest = -INFINITY;
    float sum = 0.0f;
    for (int i = 0; i < n; ++i) {
        float val = in[i * stride];
        largest = (val > largest) ? val : largest;
    }
    for (int i = 0; i < n; ++i) {
        float e = expf(in[i * stride] / temp - largest / temp);
        sum += e;
        out[i * stride] = e;
    }
    for (int i = 0; i < n; ++i) out[i * stride] /= sum;
}
