// One copy of broadcast_add.cu.
#include "../broadcast_add.cuh"
#include "broadcast.cuh"
