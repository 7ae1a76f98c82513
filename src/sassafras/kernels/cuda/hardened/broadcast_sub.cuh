// One copy of broadcast_sub.cu.
#include "../broadcast_sub.cuh"
#include "broadcast.cuh"
