"""Our CUDA kernels.
 In: a kernel's name and architecture. Out: its ``Program`` (bundled listing), its work split, the memory it
touches and its native twin, which computes the same bits fast.
"""
