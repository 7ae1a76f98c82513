"""The GPUs by name, one file each: what differs between them and is not in their instructions' records.
 In: a name, as compilers use it. Out: a frozen ``Architecture``: its family with opcodes, constant bank and
code layout; launch and occupancy limits, allocator of device memory, and the card whose time is modelled.
What is not known of one is None, and refused by name when it is needed.
"""
