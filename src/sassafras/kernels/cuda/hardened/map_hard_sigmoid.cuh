// One copy of map_hard_sigmoid.cu.
#include "../map_hard_sigmoid.cuh"
#include "map.cuh"
