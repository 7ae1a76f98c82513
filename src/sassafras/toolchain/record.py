"""What is written beside a bundled cubin and listing: the kernel's metadata, and which source and tools they
come from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sassafras.errors import ListingError
from sassafras.isa.metadata import KernelMetadata
from sassafras.toolchain.packed import BundleFile, PackedFile, names_in

HARDENED = "hardened"  #: the folder of the hardened kernels' sources, inside that of the plain ones


@dataclass(frozen=True)
class BundleRecord:
    """The contents of ``<kernel>.json``.

    ``source_sha256``: of the source with its headers written into it (``source.read_source``), in hex;
    ``cubin_sha256``, ``listing_sha256``: of the files' bytes; ``compiler`` and
    ``disassembler``: name and version; ``options``: what the compiler was called with.
    """

    source_sha256: str
    cubin_sha256: str
    listing_sha256: str
    compiler: str
    options: tuple[str, ...]
    disassembler: str
    metadata: KernelMetadata

    def to_text(self) -> str:
        """The file's text: JSON with one key a line, metadata last."""
        return json.dumps(_JSON.dump_python(self, mode="json"), indent=2) + "\n"

    @classmethod
    def from_text(cls, text: str, where: str) -> BundleRecord:
        """Read what ``to_text`` wrote; ``where`` names the file in the error. Raises ListingError when the
        text is anything else.
        """
        try:
            return _JSON.validate_json(text, strict=True)
        except ValidationError as error:
            fault = error.errors()[0]
            said = " ".join((".".join(map(str, fault["loc"])), fault["msg"])).lstrip()
            raise ListingError(
                f"{where} is not a kernel's record ({said}); rebuild it with: make bundle"
            ) from None


_JSON = TypeAdapter(BundleRecord)


@dataclass(frozen=True)
class BundlePaths:
    """Where a kernel's source and its bundled files are."""

    source: Path
    cubin: BundleFile
    listing: BundleFile
    record: BundleFile
    lines: BundleFile


def bundled_architectures(kernels: Path) -> tuple[str, ...]:
    """The architectures that have bundled listings in a folder laid out like the kernels room."""
    found = (kernels / "listings").glob("*")
    return tuple(sorted(path.stem for path in found if path.is_dir() or path.suffix == ".zip"))


def archive_of(kernels: Path, arch: str) -> Path:
    """Where the bundled files of an architecture are if they are packed."""
    return kernels / "listings" / f"{arch}.zip"


def listed(kernels: Path, arch: str) -> frozenset[str]:
    """The kernels with a bundled listing for an architecture."""
    archive = archive_of(kernels, arch)
    names = names_in(archive) if archive.exists() else ()
    paths = [*(Path(name) for name in names), *(kernels / "listings" / arch).glob("*.sass")]
    return frozenset(path.stem for path in paths if path.suffix == ".sass")


def bundle_paths(kernels: Path, kernel: str, arch: str) -> BundlePaths:
    """The files of a kernel, plain or hardened, below ``kernels``, the folder of the kernels room: in an
    archive where there is one for the architecture.
    """
    archive = archive_of(kernels, arch)
    folder = kernels / "listings" / arch
    source = kernels / "cuda" / f"{kernel}.cu"
    if not source.exists():
        source = kernels / "cuda" / HARDENED / f"{kernel}.cu"
    names = (f"{kernel}{end}" for end in (".cubin", ".sass", ".json", ".lines.json"))
    packed = archive.exists()
    return BundlePaths(source, *(PackedFile(archive, name) if packed else folder / name for name in names))


def sha256(content: bytes) -> str:
    """Hex digest of a file's bytes."""
    return hashlib.sha256(content).hexdigest()
