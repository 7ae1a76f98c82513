"""The bundled kernels as programs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sassafras.architectures.registry import DEFAULT, architecture, program_of
from sassafras.errors import ListingError, UsageError, did_you_mean
from sassafras.isa.program import Program
from sassafras.toolchain import record
from sassafras.toolchain.record import BundleRecord, bundle_paths, sha256

FOLDER = Path(__file__).parent


def bundled_kernels(arch: str = DEFAULT) -> tuple[str, ...]:
    """The kernels bundled for an architecture, in alphabetical order (none for an architecture that is not
    bundled).
    """
    return tuple(sorted(path.stem for path in (FOLDER / "listings" / arch).glob("*.sass")))


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
        hint, every = did_you_mean(kernel, bundled_kernels(arch)), ", ".join(bundled_kernels(arch))
        raise UsageError(f"unknown kernel {kernel!r}; {hint}known are: {every}")
    return read_program(FOLDER, kernel, arch)


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
