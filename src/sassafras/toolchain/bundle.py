"""Rebuilds the bundled machine code from the CUDA sources: ``python -m sassafras.toolchain.bundle [--check]
[--download] [--arch NAME] [--folder DIR]``.
 For each kernel with a source in ``kernels/cuda`` or ``kernels/cuda/hardened`` it writes
``kernels/listings/<arch>/<kernel>.cubin``, ``.sass``, ``.json`` and ``.lines.json``. ``<arch>``: those that
are there already, or the one that ``--arch`` adds. ``--folder``: that of the kernels of another package, laid
out like ours. The same tools make the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sassafras.architectures.registry import DEFAULT, architecture
from sassafras.errors import SassafrasError, ToolchainError
from sassafras.toolchain import nvdisasm, nvrtc
from sassafras.toolchain.cubin import read_code, read_metadata
from sassafras.toolchain.lines import LineTable, read_lines
from sassafras.toolchain.packed import BundleFile, PackedFile, pack
from sassafras.toolchain.record import (
    BundlePaths,
    BundleRecord,
    archive_of,
    bundle_paths,
    bundled_architectures,
    sha256,
)
from sassafras.toolchain.source import SourceLine, kernel_names, source_lines

KERNELS_FOLDER = Path(__file__).parent.parent / "kernels"


@dataclass(frozen=True)
class Bundle:
    """A kernel's machine code for one architecture, as it goes to disk."""

    cubin: bytes
    listing: str
    record: BundleRecord
    lines: LineTable

    def files(self, paths: BundlePaths) -> dict[BundleFile, bytes]:
        """Contents by path."""
        return {
            paths.cubin: self.cubin,
            paths.listing: self.listing.encode(),
            paths.record: self.record.to_text().encode(),
            paths.lines: self.lines.to_text().encode(),
        }


def build(lines: Sequence[SourceLine], folder: Path, kernel: str, arch: str, tool: Path) -> Bundle:
    """Compile a CUDA source and disassemble it with ``tool``. ``folder``: of the CUDA sources. Raises
    ToolchainError or ListingError.
    """
    source = "".join(line.text for line in lines)
    cubin = nvrtc.compile_cubin(source, f"{kernel}.cu", arch)
    listing = nvdisasm.disassemble(cubin, tool)
    record = BundleRecord(
        metadata=read_metadata(cubin, kernel),
        source_sha256=sha256(source.encode()),
        cubin_sha256=sha256(cubin),
        listing_sha256=sha256(listing.encode()),
        compiler=nvrtc.version(),
        options=nvrtc.options(arch),
        disassembler=nvdisasm.version(tool),
    )
    return Bundle(cubin, listing, record, line_table(lines, folder, kernel, cubin, tool))


def line_table(lines: Sequence[SourceLine], folder: Path, kernel: str, cubin: bytes, tool: Path) -> LineTable:
    """The source lines of the instructions of ``cubin``, from compiling once more with line numbers. Empty
    where that gives other machine code.
    """
    source = "".join(line.text for line in lines)
    arch = read_metadata(cubin, kernel).arch
    numbered = nvrtc.compile_cubin(source, f"{kernel}.cu", arch, lines=True)
    same = read_code(numbered, kernel) == read_code(cubin, kernel)
    listing = nvdisasm.disassemble(numbered, tool, lines=True) if same else ""
    return read_lines(listing, lines, folder, sha256(source.encode()))


def rebuild(folder: Path, arch: str, *, download: bool = False) -> dict[BundleFile, bytes]:
    """What the bundled files of all kernels should contain, by path. Writes nothing.

    Raises ToolchainError when NVRTC or nvdisasm is missing or fails.
    """
    tool = nvdisasm.find_nvdisasm(arch, download=download)
    files: dict[BundleFile, bytes] = {}
    for kernel in kernel_names(folder / "cuda"):
        paths = bundle_paths(folder, kernel, arch)
        made = build(source_lines(paths.source), folder / "cuda", kernel, arch, tool)
        files |= made.files(paths)
    return files


def differing(files: dict[BundleFile, bytes]) -> list[BundleFile]:
    """The paths whose content on disk is missing or another."""
    return [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]


def main(arguments: Sequence[str] | None = None, folder: Path = KERNELS_FOLDER) -> int:
    """The command. Exit code 0, 1 when ``--check`` finds a difference, 2 when a tool is missing or fails."""
    parser = argparse.ArgumentParser(
        prog="python -m sassafras.toolchain.bundle", description="Rebuild the bundled machine code."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the files that differ and exit 1"
    )
    parser.add_argument(
        "--download", action="store_true", help=f"get nvdisasm from the wheel of {nvdisasm.WHEEL} if needed"
    )
    parser.add_argument("--arch", metavar="NAME", help="this architecture [default: those bundled already]")
    parser.add_argument(
        "--packed", action="store_true", help="put a new architecture's files into one archive"
    )
    parser.add_argument(
        "--folder",
        metavar="DIR",
        type=Path,
        default=folder,
        help="where cuda/ is [default: our kernels]",
    )
    options = parser.parse_args(arguments)
    folder = options.folder
    files: dict[BundleFile, bytes] = {}
    try:
        names = (options.arch,) if options.arch else bundled_architectures(folder) or (DEFAULT,)
        for name in names:
            if options.packed and not archive_of(folder, name).exists():
                pack(archive_of(folder, name), {})
            files |= rebuild(folder, architecture(name).name, download=options.download)
        return _check(files) if options.check else _write(files)
    except SassafrasError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _check(files: dict[BundleFile, bytes]) -> int:
    different = differing(files)
    for path in different:
        print(f"differs from its source: {_shown(path)}")
    if not different:
        print(f"{len(files)} files are what the CUDA sources give")
    return 1 if different else 0


def _write(files: dict[BundleFile, bytes]) -> int:
    """All is built before anything is written: a failing kernel leaves the bundle as it was."""
    different = differing(files)
    archives = {path.archive for path in different if isinstance(path, PackedFile)}
    try:
        for archive in archives:
            inside = {
                p.name: content
                for p, content in files.items()
                if isinstance(p, PackedFile) and p.archive == archive
            }
            pack(archive, inside)
        for path in different:
            if isinstance(path, Path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(files[path])
            print(f"wrote {_shown(path)}")
    except OSError as error:
        raise ToolchainError(
            f"cannot write {error.filename}: {error.strerror}; is this an installed package?"
        ) from error
    print(f"{len(different)} of {len(files)} files changed")
    return 0


def _shown(path: BundleFile) -> str:
    if isinstance(path, PackedFile):
        return f"{path.archive.stem}/{path.name}"
    return f"{path.parent.name}/{path.name}"


if __name__ == "__main__":
    sys.exit(main())
