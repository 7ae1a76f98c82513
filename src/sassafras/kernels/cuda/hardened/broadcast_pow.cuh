// One copy of broadcast_pow.cu.
#include "../broadcast_pow.cuh"
#include "broadcast.cuh"
