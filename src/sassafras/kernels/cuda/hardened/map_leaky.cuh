// One copy of map_leaky.cu.
#include "../map_leaky.cuh"
#include "map.cuh"
