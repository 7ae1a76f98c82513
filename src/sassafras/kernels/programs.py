"""The bundled kernels as programs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sassafras.errors import ListingError, UsageError, did_you_mean
from sassafras.isa.parser import parse_listing
from sassafras.isa.program import Program
from sassafras.toolchain.record import BundleRecord, bundle_paths, sha256

FOLDER = Path(__file__).parent


def bundled_kernels(arch: str = "sm_50") -> tuple[str, ...]:
    """The kernels bundled for an architecture, in alphabetical order (none for an architecture that is not
    bundled).
    """
    return tuple(sorted(path.stem for path in (FOLDER / "listings" / arch).glob("*.sass")))


def bundled_architectures() -> tuple[str, ...]:
    """The architectures that have bundled listings."""
    return tuple(sorted(path.name for path in (FOLDER / "listings").iterdir() if path.is_dir()))


@cache
def load_program(kernel: str, arch: str = "sm_50") -> Program:
    """The machine code of a bundled kernel; read once per process.

    Raises UsageError for a kernel or architecture that is not bundled, ListingError when the listing is not
    the one its record was made for.
    """
    if arch not in bundled_architectures():
        hint, every = did_you_mean(arch, bundled_architectures()), ", ".join(bundled_architectures())
        raise UsageError(f"unknown architecture {arch!r}; {hint}bundled are: {every}")
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
        record = BundleRecord.from_text(paths.record.read_text(encoding="utf-8"), f"{where}.json")
    except OSError as error:
        raise ListingError(
            f"{where}: {error.strerror}: {error.filename}; rebuild it with: make bundle"
        ) from error
    if sha256(listing) != record.listing_sha256:
        raise ListingError(
            f"{where}.sass is not the listing that {where}.json describes; rebuild both with: make bundle"
        )
    return parse_listing(listing.decode(), record.metadata)
