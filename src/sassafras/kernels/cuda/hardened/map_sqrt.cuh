// One copy of map_sqrt.cu.
#include "../map_sqrt.cuh"
#include "map.cuh"
