"""The kernels' machine code, bundled here or beside the kernels of other packages, as programs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sassafras.architectures.registry import DEFAULT, architecture, program_of
from sassafras.errors import ListingError, UsageError, did_you_mean
from sassafras.isa.program import Program
from sassafras.kernels.brought import brought
from sassafras.toolchain import record
from sassafras.toolchain.record import BundleRecord, bundle_paths, listed, sha256

FOLDER = Path(__file__).parent


def sources() -> tuple[str, ...]:
    """Our kernels that have a CUDA source, without hardened ones, in alphabetical order."""
    return tuple(sorted(path.stem for path in (FOLDER / "cuda").glob("*.cu")))


def bundled_kernels(arch: str = DEFAULT) -> tuple[str, ...]:
    """The kernels bundled for an architecture, those of other packages included, in alphabetical order (none
    for an architecture that is not bundled).
    """
    return tuple(sorted(frozenset[str]().union(*(listed(folder, arch) for folder in _folders()))))


def folder_of(kernel: str) -> Path:
    """The folder, laid out like the kernels room, that holds a kernel's source or listings: ours, or that of
    another package.
    """
    return next((folder for folder in _folders() if _holds(folder, kernel)), FOLDER)


def _holds(folder: Path, kernel: str) -> bool:
    source = bundle_paths(folder, kernel, DEFAULT).source
    return source.exists() or any(
        kernel in listed(folder, arch) for arch in record.bundled_architectures(folder)
    )


def _folders() -> tuple[Path, ...]:
    return (FOLDER, *dict.fromkeys(found.folder for found in brought()))


def bundled_architectures() -> tuple[str, ...]:
    """The architectures that have bundled listings."""
    return record.bundled_architectures(FOLDER)


def check_bundled(arch: str) -> None:
    """Refuse an architecture that is unknown or has no bundled machine code: raise UsageError."""
    architecture(arch)
    if arch not in bundled_architectures():
        raise UsageError(
            f"no machine code is bundled for {arch}; it is for: {', '.join(bundled_architectures())}"
        )


@cache
def load_program(kernel: str, arch: str = DEFAULT) -> Program:
    """The machine code of a bundled kernel; read once per process.

    Raises UsageError for a kernel or architecture that is not bundled, ListingError when the listing is not
    the one its record was made for.
    """
    check_bundled(arch)
    if kernel not in bundled_kernels(arch):
        for found in brought():
            if found.name == kernel:
                raise found.refuse(f"there is no machine code beside it for {arch}")
        if kernel in sources():
            raise ListingError(f"{arch}/{kernel}: the source has not been compiled; do it: make bundle")
        hint, every = did_you_mean(kernel, bundled_kernels(arch)), ", ".join(bundled_kernels(arch))
        raise UsageError(f"unknown kernel {kernel!r}; {hint}known are: {every}")
    return read_program(folder_of(kernel), kernel, arch)


def read_program(folder: Path, kernel: str, arch: str) -> Program:
    """Read a kernel from a folder laid out like the kernels room. Raises ListingError naming the file."""
    paths = bundle_paths(folder, kernel, arch)
    where = f"{arch}/{kernel}"
    try:
        listing = paths.listing.read_bytes()
        described = BundleRecord.from_text(paths.record.read_text(encoding="utf-8"), f"{where}.json")
    except OSError as error:
        raise ListingError(
            f"{where}: {error.strerror}: {error.filename}; rebuild it with: make bundle"
        ) from error
    if sha256(listing) != described.listing_sha256:
        raise ListingError(
            f"{where}.sass is not the listing that {where}.json describes; rebuild both with: make bundle"
        )
    return program_of(listing.decode(), described.metadata)
