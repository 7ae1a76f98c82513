// One copy of map_neg.cu.
#include "../map_neg.cuh"
#include "map.cuh"
