// One copy of broadcast_div.cu.
#include "../broadcast_div.cuh"
#include "broadcast.cuh"
