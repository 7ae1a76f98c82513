// One copy of map_erf.cu.
#include "../map_erf.cuh"
#include "map.cuh"
