"""The user's own kernels as files: CUDA C++ or a cubin in, and out a cubin, its listing and a record of what
it takes to read the listing alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sassafras.architectures.registry import architecture, program_of
from sassafras.errors import ListingError, ToolchainError, UsageError, did_you_mean
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Program
from sassafras.toolchain import nvdisasm, nvrtc
from sassafras.toolchain.cubin import architecture_of, kernels_of, read_metadata
from sassafras.toolchain.fatbin import cubins_of
from sassafras.toolchain.record import sha256
from sassafras.toolchain.signature import Signature, plain_name, signature_of_name, signatures_of_source

LISTING, RECORD, CUBIN, SOURCE = ".sass", ".json", ".cubin", ".cu"


@dataclass(frozen=True)
class OwnKernel:
    """A kernel of a cubin. ``expression``: what it is called in C++, where that was asked for
    (``tile<16>``). ``signature``: its parameters, None where nothing says more than the metadata.
    """

    metadata: KernelMetadata
    expression: str | None = None
    signature: Signature | None = None

    @property
    def shown(self) -> str:
        """For people."""
        return self.expression or plain_name(self.metadata.name)

    @property
    def names(self) -> tuple[str, ...]:
        """All that it can be asked for by."""
        own = self.metadata.name
        given = (self.expression,) if self.expression else ()
        return tuple(dict.fromkeys((*given, own, plain_name(own))))


@dataclass(frozen=True)
class Record:
    """What stands beside a listing: digests of both files, who made them, and its kernels."""

    cubin_sha256: str
    listing_sha256: str
    made_by: tuple[str, ...]
    kernels: tuple[OwnKernel, ...]


_JSON = TypeAdapter(Record)


@dataclass(frozen=True)
class MachineCode:
    """A cubin's kernels with their listing."""

    cubin: bytes
    listing: str
    record: Record

    def files(self, folder: Path, stem: str) -> dict[Path, bytes]:
        """Contents by path."""
        record = json.dumps(_JSON.dump_python(self.record, mode="json"), indent=1) + "\n"
        return {
            folder / f"{stem}{CUBIN}": self.cubin,
            folder / f"{stem}{LISTING}": self.listing.encode(),
            folder / f"{stem}{RECORD}": record.encode(),
        }


def compiled(path: Path, arch: str, wish: nvrtc.Wish, *, download: bool = False) -> MachineCode:
    """The machine code of a CUDA source. Raises ToolchainError."""
    text = _text(path)
    _known(arch)
    folders = tuple(dict.fromkeys((*wish.include, path.parent)))
    made = nvrtc.compile_program(text, path.name, arch, replace(wish, include=folders))
    expressions = {name: expression for expression, name in made.lowered.items()}
    found = _disassembled(made.cubin, arch, (nvrtc.version(),), download=download)
    declared = signatures_of_source(text)
    kernels = tuple(
        replace(
            one,
            expression=expressions.get(one.metadata.name),
            signature=_fitting(declared.get(plain_name(one.metadata.name)), one),
        )
        for one in found.record.kernels
    )
    return replace(found, record=replace(found.record, kernels=kernels))


def disassembled(path: Path, arch: str, *, download: bool = False) -> list[MachineCode]:
    """The machine code for an architecture in a cubin, a fatbin, or a host file. Raises ToolchainError."""
    _known(arch)
    return [_disassembled(cubin, arch, (), download=download) for cubin in cubins_of(path, arch)]


def _disassembled(cubin: bytes, arch: str, made_by: tuple[str, ...], *, download: bool) -> MachineCode:
    names = kernels_of(cubin)
    if not names:
        raise ToolchainError(
            "no kernel is in the cubin: a function needs __global__, and a template an instance "
            "(--kernel 'tile<16>')"
        )
    tool = nvdisasm.find_nvdisasm(arch, download=download)
    listing = nvdisasm.disassemble(cubin, tool)
    kernels = tuple(OwnKernel(read_metadata(cubin, n), None, signature_of_name(n)) for n in names)
    made_by = (*made_by, nvdisasm.version(tool))
    return MachineCode(cubin, listing, Record(sha256(cubin), sha256(listing.encode()), made_by, kernels))


def _fitting(declared: Signature | None, kernel: OwnKernel) -> Signature | None:
    """What the source says of the parameters, where that fits the cubin; types that it does not say, such as
    a template's, are those of the name.
    """
    sizes = [parameter.size for parameter in kernel.metadata.parameters]
    if declared is None or len(declared) != len(sizes):
        return kernel.signature
    mangled = kernel.signature if kernel.signature and len(kernel.signature) == len(sizes) else declared
    types = [one.type or other.type for one, other in zip(declared, mangled, strict=True)]
    fits = [kind if kind and kind.nbytes == size else None for kind, size in zip(types, sizes, strict=True)]
    return tuple(one.of(kind) for one, kind in zip(declared, fits, strict=True))


def _known(arch: str) -> None:
    target = architecture(arch)
    if not target.family.is_known:
        raise UsageError(f"machine code of {arch} cannot be emulated: {target.family.name} is not known here")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ToolchainError(f"cannot read the CUDA source {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ToolchainError(f"the CUDA source {path} is not text in UTF-8") from error


@cache
def _compiled_once(path: Path, arch: str, wish: nvrtc.Wish, _content: bytes) -> MachineCode:
    return compiled(path, arch, wish)


def read_machine_code(path: Path, arch: str, wish: nvrtc.Wish) -> MachineCode:
    """What a file holds: a source is compiled, a cubin disassembled, a listing read with its record.

    Raises ToolchainError and ListingError.
    """
    if path.suffix == SOURCE:
        return _compiled_once(path.resolve(), arch, wish, _bytes(path))
    if path.suffix == LISTING:
        return _of_listing(path)
    found = disassembled(path, arch)
    if len(found) > 1:
        raise ToolchainError(
            f"{path} holds {len(found)} cubins for {arch}: take them apart with sassafras disasm {path}"
        )
    return found[0]


def architecture_said(path: Path) -> str | None:
    """The architecture that a listing or a cubin is for; None of a source, which may be for any, and of what
    may hold several. Raises ToolchainError and ListingError.
    """
    if path.suffix == LISTING:
        return _of_listing(path).record.kernels[0].metadata.arch
    return architecture_of(_bytes(path)) if path.suffix == CUBIN else None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolchainError(f"cannot read {path}: {error.strerror}") from error


def _of_listing(path: Path) -> MachineCode:
    content, beside = _bytes(path), path.with_suffix(RECORD)
    again = f"make both with: sassafras compile or sassafras disasm ({path.with_suffix(CUBIN).name})"
    try:
        record = _JSON.validate_json(beside.read_bytes())
    except OSError as error:
        raise ListingError(f"{path}: its record {beside.name} is not beside it; {again}") from error
    except ValidationError as error:
        raise ListingError(f"{beside} is no record of a listing; {again}") from error
    if sha256(content) != record.listing_sha256:
        raise ListingError(f"{path} is not the listing that {beside.name} was made for; {again}")
    return MachineCode(b"", content.decode(), record)


def find_kernel(code: MachineCode, function: str, path: Path) -> OwnKernel:
    """The kernel of that name: as the cubin, C++ or an expression says it. Raises UsageError."""
    found = [kernel for kernel in code.record.kernels if function in kernel.names]
    exact = [kernel for kernel in found if function in (kernel.expression, kernel.metadata.name)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        names = [kernel.metadata.name for kernel in found]
        raise UsageError(f"{path}: {function} is several kernels, name one: {', '.join(names)}")
    every = [name for kernel in code.record.kernels for name in kernel.names]
    hint, names = did_you_mean(function, every), [kernel.shown for kernel in code.record.kernels]
    raise UsageError(f"{path}: there is no kernel {function!r}; {hint}it has: {', '.join(names)}")


def load_kernel(code: MachineCode, kernel: OwnKernel, arch: str, path: Path) -> Program:
    """Its program. Raises ListingError, and UsageError where it is for another architecture."""
    if kernel.metadata.arch != arch:
        raise UsageError(f"{path} is for {kernel.metadata.arch}, the workload for {arch}")
    return program_of(code.listing, kernel.metadata)


def expressions_of(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Of functions by kernel, those that C++ has to be asked for: templates."""
    return tuple(dict.fromkeys(text for text in texts.values() if "<" in text))
