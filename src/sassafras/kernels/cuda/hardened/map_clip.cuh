// One copy of map_clip.cu.
#include "../map_clip.cuh"
#include "map.cuh"
