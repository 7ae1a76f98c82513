// One copy of map_hard_swish.cu.
#include "../map_hard_swish.cuh"
#include "map.cuh"
