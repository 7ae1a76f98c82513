// One copy of map_silu.cu.
#include "../map_silu.cuh"
#include "map.cuh"
