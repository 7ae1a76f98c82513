"""Whether the bundled machine code is what its records say, and what the CUDA sources give."""

from __future__ import annotations

from collections.abc import Sequence

from sassafras.errors import SassafrasError, ToolchainError
from sassafras.kernels.programs import FOLDER, folder_of
from sassafras.toolchain.bundle import differing, rebuild
from sassafras.toolchain.cubin import read_metadata
from sassafras.toolchain.record import BundleRecord, bundle_paths, sha256
from sassafras.toolchain.source import read_source
from sassafras.verify.check import Check, concluded

NAME = "bundled listings match their sources"
REBUILT = "sources rebuild to the bundled files"


def check_listings(kernels: Sequence[str], arch: str) -> Check:
    """Source, cubin and listing of each kernel have the digests in its record, and the cubin the metadata.

    Files are read anew.
    """
    failures = [problem for kernel in kernels for problem in _problems(kernel, arch)]
    return concluded(NAME, f"{len(kernels)} kernels: source, cubin, listing, metadata", failures)


def _problems(kernel: str, arch: str) -> list[str]:
    paths = bundle_paths(folder_of(kernel), kernel, arch)
    where = f"{arch}/{kernel}"
    try:
        record = BundleRecord.from_text(paths.record.read_text("utf-8"), f"{where}.json")
        cubin = paths.cubin.read_bytes()
        found = {
            paths.source.name: (sha256(read_source(paths.source).encode()), record.source_sha256),
            paths.cubin.name: (sha256(cubin), record.cubin_sha256),
            paths.listing.name: (sha256(paths.listing.read_bytes()), record.listing_sha256),
        }
        metadata = read_metadata(cubin, kernel)
    except (OSError, SassafrasError) as error:
        return [f"{where}: {error}"]
    problems = [f"{name} is not what {where}.json was made for" for name, (a, b) in found.items() if a != b]
    if metadata != record.metadata:
        problems.append(f"{where}.json has other metadata than the cubin")
    return problems


def check_rebuilt(arch: str) -> Check | None:
    """The compiler and disassembler of the ``toolchain`` extra give the bundled files byte for byte; None
    where they are not installed.
    """
    try:
        files = rebuild(FOLDER, arch)
    except ToolchainError:
        return None
    except SassafrasError as error:
        return concluded(REBUILT, "", [str(error)])
    failures = [f"{path.name} differs" for path in differing(files)]
    return concluded(REBUILT, f"{len(files)} files, byte for byte", failures)
