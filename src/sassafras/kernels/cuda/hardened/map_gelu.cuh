// One copy of map_gelu.cu.
#include "../map_gelu.cuh"
#include "map.cuh"
