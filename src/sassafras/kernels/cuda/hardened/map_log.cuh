// One copy of map_log.cu.
#include "../map_log.cuh"
#include "map.cuh"
