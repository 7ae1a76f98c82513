"""CUDA sources of the tests -> the cubins and listings that are committed beside them:
``python -m tests.cuda.compile [--check] [CATEGORY/NAME ...]`` (all of them by default).

``tests/cuda/<category>/<name>.cu`` holds one or more ``extern "C"`` kernels; NVRTC and nvdisasm make
``<name>.cubin`` and ``<name>.sass`` of it, the same bytes on every machine. Tests need neither tool.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.cuda.kernels import ARCHITECTURE, FOLDER

from sassafras.toolchain import nvdisasm, nvrtc


def compiled(source: Path) -> dict[Path, bytes]:
    """What should stand beside a source, by path."""
    cubin = nvrtc.compile_cubin(source.read_text("utf-8"), source.name, ARCHITECTURE)
    listing = nvdisasm.disassemble(cubin)
    return {source.with_suffix(".cubin"): cubin, source.with_suffix(".sass"): listing.encode()}


def main(arguments: Sequence[str]) -> int:
    """Write what is missing or another; with ``--check`` name it and return 1."""
    named = [name for name in arguments if name != "--check"]
    sources = [FOLDER / f"{name}.cu" for name in named] or sorted(FOLDER.glob("*/*.cu"))
    files = {path: content for source in sources for path, content in compiled(source).items()}
    different = [p for p, content in files.items() if not p.exists() or p.read_bytes() != content]
    for path in different:
        print(path.relative_to(FOLDER))
        if "--check" not in arguments:
            path.write_bytes(files[path])
    print(f"{len(different)} of {len(files)} files {'differ' if '--check' in arguments else 'written'}")
    return int("--check" in arguments and bool(different))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
