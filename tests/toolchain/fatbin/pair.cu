extern "C" __global__ void twice(const float *in, float *out, int n){int i=blockIdx.x*blockDim.x+threadIdx.x; if(i<n) out[i]=2.0f*in[i];}
extern "C" __global__ void half_of(const float *in, float *out, int n){int i=blockIdx.x*blockDim.x+threadIdx.x; if(i<n) out[i]=0.5f*in[i];}
