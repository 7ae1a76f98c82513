"""The CUDA sources compiled for the architecture of a device."""

from __future__ import annotations

from sassafras.cache import read_cached, write_cached
from sassafras.kernels.programs import folder_of
from sassafras.toolchain import nvrtc
from sassafras.toolchain.record import bundle_paths, sha256
from sassafras.toolchain.source import read_source


def compiled(kernel: str, arch: str) -> bytes:
    """The cubin of a kernel, plain or hardened, for ``arch``, kept in the cache.

    Raises ToolchainError where NVRTC is missing or does not know the architecture.
    """
    source = read_source(bundle_paths(folder_of(kernel), kernel, arch).source)
    key = sha256(" ".join((source, arch, nvrtc.version(), *nvrtc.options(arch))).encode())
    name = f"device-{key[:40]}.cubin"
    cubin = read_cached(name)
    if cubin is None:
        cubin = nvrtc.compile_cubin(source, f"{kernel}.cu", arch)
        write_cached(name, cubin)
    return cubin
