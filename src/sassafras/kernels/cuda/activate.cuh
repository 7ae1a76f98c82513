// The activation functions.
// The codes are the order of sassafras.network.activation.Activation.
#define LOGISTIC 0
#define RELU 1
#define LINEAR 2
#define RAMP 3
#define TANH 4
#define LEAKY 5
#define ELU 6
#define HARDTAN 7

__device__ float activate(float x, int a)
{
    switch (a) {
        case LOGISTIC: return 1.0f / (1.0f + expf(-x));
        case RELU: return x * (x > 0.0f);
        case LINEAR: return x;
        case RAMP: return x * (x > 0.0f) + 0.1f * x;
        case TANH: return 2.0f / (1.0f + expf(-2.0f * x)) - 1.0f;
        case LEAKY: return (x > 0.0f) ? x : 0.1f * x;
        case ELU: return (x >= 0.0f) * x + (x < 0.0f) * (expf(x) - 1.0f);
        case HARDTAN: return (x < -1.0f) ? -1.0f : (x > 1.0f) ? 1.0f : x;
    }
    return 0.0f;
}
