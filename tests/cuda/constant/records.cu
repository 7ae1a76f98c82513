/* Fields of all sizes of records in constant memory. */
struct Record { unsigned char a; signed char b; unsigned short c; short d; int e; double f; };
__constant__ Record records[5] = {{1, -2, 3, -4, 5, 6.5}, {255, -128, 65535, -32768, -1, -0.5},
    {128, 127, 32768, 32767, 1 << 30, 1e300}, {0, 0, 0, 0, 0, 0}, {17, -17, 1717, -1717, 171717, 1.75}};
extern "C" __global__ void fields(const int *which, long long *integers, double *reals)
{
    int t = threadIdx.x;
    const Record *r = &records[which[t]];
    integers[t] = r->a + 1000ll * r->b + 1000000ll * r->c + 1000000000000ll * r->d + r->e;
    reals[t] = r->f;
}
