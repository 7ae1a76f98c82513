// One copy of broadcast_mul.cu.
#include "../broadcast_mul.cuh"
#include "broadcast.cuh"
