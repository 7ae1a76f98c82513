// One copy of map_sigmoid.cu.
#include "../map_sigmoid.cuh"
#include "map.cuh"
