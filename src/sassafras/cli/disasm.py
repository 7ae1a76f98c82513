"""``sassafras disasm``: machine code of one's own compiler, as a listing that can be struck."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sassafras.architectures.registry import DEFAULT
from sassafras.cli.compile_source import Download, OutFolder, Target, write_code


def disasm(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A cubin, a fatbin, or an object, library or program with one."),
    ],
    arch: Target = DEFAULT,
    out: OutFolder = None,
    download: Download = False,
) -> None:
    """List the machine code in a file of your own.

    For cubins of nvcc -cubin, fatbins, and what nvcc links. Needs nvdisasm: of an installed CUDA 12, or
    --download.
    """
    from sassafras.toolchain.machine_code import disassembled

    found = disassembled(file, arch, download=download)
    for number, code in enumerate(found, 1):
        stem = file.stem if len(found) == 1 else f"{file.stem}.{number}"
        write_code(code, out or file.parent, stem)
