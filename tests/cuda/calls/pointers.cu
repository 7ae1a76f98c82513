/* A table of functions, one of which each thread calls; one of them calls another. */
typedef int (*Function)(int, int);

static __device__ __noinline__ int sum(int a, int b) { return a + b; }
static __device__ __noinline__ int difference(int a, int b) { return a - b; }
static __device__ __noinline__ int product(int a, int b) { return a * b; }
static __device__ __noinline__ int both(int a, int b) { return product(sum(a, b), difference(a, b)); }

extern "C" __global__ void pointers(const int *which, const int *a, const int *b, int *out, int n)
{
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n)
        return;
    Function f = which[i] == 0 ? sum : which[i] == 1 ? difference : which[i] == 2 ? product : both;
    out[i] = f(a[i], b[i]) + f(b[i], a[i]);
}
