// One copy of map_gelu_tanh.cu.
#include "../map_gelu_tanh.cuh"
#include "map.cuh"
