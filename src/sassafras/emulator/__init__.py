"""Runs machine code on the CPU.
 In: a ``Program``, a ``Launch`` and a ``DeviceMemory``. Out: the memory changed as the device would change
it, or a ``Trap``. Plain, profiling and armed builds come from one set of semantic functions (``semantics/``).
"""
