// One copy of map_mish.cu.
#include "../map_mish.cuh"
#include "map.cuh"
