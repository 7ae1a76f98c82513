// Takes an image of n elements (channels x h x w) apart into stride x stride smaller ones, as Darknet's reorg_kernel
// without `forward` does: element i of the output is what the inverse would write there. One thread per element.
extern "C" __global__ void reorg(int n, const float *input, int channels, int h, int w, int stride, float *output)
{
    int i = (blockIdx.x + blockIdx.y * gridDim.x) * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int column = i % w;
    int rest = i / w;
    int row = rest % h;
    int channel = rest / h;
    int few = channels / (stride * stride);
    int part = channel / few;
    int x = column * stride + part % stride;
    int y = row * stride + part / stride;
    output[i] = input[x + w * stride * (y + h * stride * (channel % few))];
}
