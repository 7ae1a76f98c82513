// One copy of map_exp.cu.
#include "../map_exp.cuh"
#include "map.cuh"
