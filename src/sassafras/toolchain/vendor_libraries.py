"""Libraries of NVIDIA's that nobody may disassemble, by their licence: no kernels are taken from them."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile

from sassafras.errors import ToolchainError

#: As files and shared objects begin. NCCL and CUTLASS are open source, and not among them.
_NAMES = re.compile(
    r"(lib)?(cublas|cublaslt|cudnn\w*|cufft\w*|curand|cusolver\w*|cusparse\w*|cutensor\w*|npp\w+|nvjpeg\w*|"
    r"nvinfer\w*|nvrtc\w*|nvjitlink)[.\d-]",
    re.IGNORECASE,
)


def check_not_vendors(path: Path, content: bytes) -> None:
    """Raise ToolchainError where a file's name, or the name that a shared object gives itself, is that of one
    of NVIDIA's own libraries.
    """
    for name in (path.name, _own_name(content)):
        if _NAMES.match(name):
            raise ToolchainError(
                f"{path} is one of NVIDIA's own libraries ({name}): their licence forbids "
                "to disassemble them; take kernels of your own (docs/licences.md)"
            )


def _own_name(content: bytes) -> str:
    """What a shared object is called by itself; "" for other files."""
    if content[:4] != b"\x7fELF":
        return ""
    for section in ELFFile(BytesIO(content)).iter_sections():
        if isinstance(section, DynamicSection):
            for tag in section.iter_tags("DT_SONAME"):
                return str(getattr(tag, "soname", ""))
    return ""
