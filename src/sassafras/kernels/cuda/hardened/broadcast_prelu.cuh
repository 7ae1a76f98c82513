// One copy of broadcast_prelu.cu.
#include "../broadcast_prelu.cuh"
#include "broadcast.cuh"
