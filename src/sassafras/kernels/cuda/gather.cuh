// What is made of the values of a window, one after the other; a NaN is kept.
struct Largest {
    float result;
    __device__ inline Largest() : result(__int_as_float(0xff800000)) {}
    __device__ inline void value(float x) { result = x > result || x != x ? x : result; }
};

struct Smallest {
    float result;
    __device__ inline Smallest() : result(__int_as_float(0x7f800000)) {}
    __device__ inline void value(float x) { result = x < result || x != x ? x : result; }
};

struct Sum {
    float result;
    __device__ inline Sum() : result(0.0f) {}
    __device__ inline void value(float x) { result += x; }
};
