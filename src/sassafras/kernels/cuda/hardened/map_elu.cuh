// One copy of map_elu.cu.
#include "../map_elu.cuh"
#include "map.cuh"
