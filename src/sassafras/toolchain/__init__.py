"""From CUDA C++ to machine code, only when asked: nobody needs this room to use the bundled kernels.
 In: the CUDA sources of ``kernels/cuda``. Out: a cubin (NVRTC, from PyPI), its listing (nvdisasm) and a
record that ties both to the source.
"""
