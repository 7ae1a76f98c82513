"""Machine code as data.
 In: an nvdisasm listing with the kernel's metadata. Out: a ``Program`` (instructions, operands, effects,
groups, liveness). Knows nothing of emulation.
"""
