// One copy of map_tanh.cu.
#include "../map_tanh.cuh"
#include "map.cuh"
