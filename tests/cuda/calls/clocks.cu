/* The clock rises, and the place of a thread on the device is one that there is. */
extern "C" __global__ void clocks(long long *times, unsigned *places, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    long long before = clock64();
    int sooner = clock();
    unsigned multiprocessor, multiprocessors, warp;
    asm volatile("mov.u32 %0, %%smid;" : "=r"(multiprocessor));
    asm volatile("mov.u32 %0, %%nsmid;" : "=r"(multiprocessors));
    asm volatile("mov.u32 %0, %%warpid;" : "=r"(warp));
    times[i] = clock64() - before;
    times[n + i] = clock() - sooner;
    places[i] = multiprocessor < multiprocessors;
    places[n + i] = warp;
}
