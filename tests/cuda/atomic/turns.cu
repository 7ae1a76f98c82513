/* Round robin up and down: atomicInc and atomicDec wrap at their operand. */
extern "C" __global__ void turns(const int *who, unsigned *up, unsigned *down, unsigned *ups, unsigned *downs, unsigned limit)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    ups[i] = atomicInc(&up[who[i]], limit);
    downs[i] = atomicDec(&down[who[i]], limit);
}
