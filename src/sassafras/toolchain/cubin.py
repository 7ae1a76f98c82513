"""Reads a kernel's metadata from a cubin (an ELF64 file).

Source: NVIDIA's attribute names as printed by ``cuobjdump -elf`` (``EIATTR_...``), their layout as seen in
the files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from sassafras.architectures.registry import name_of
from sassafras.errors import ListingError
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter
from sassafras.toolchain.variables import calls_outside, read_module

_CODE = ".text."
_PARAM_CBANK = 0x0A
_MIN_STACK_SIZE = 0x12
_KPARAM_INFO = 0x17
_REGCOUNT = 0x2F
_FORMAT_SIZED = 0x04
#: What reading damaged bytes raises.
_BROKEN = (ELFError, struct.error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

Sections = dict[str, Any]


def read_metadata(cubin: bytes, kernel: str) -> KernelMetadata:
    """Registers, shared bytes, parameters, constant bank 2, code size, stack and variables of ``kernel``.

    Raises ``ListingError`` if the bytes are not a whole cubin or do not hold the kernel.
    """
    with _opened(cubin, kernel) as (file, sections):
        attributes = list(_attributes(_data(sections, f".nv.info.{kernel}")))
        base = [
            struct.unpack_from("<H", payload, 4)[0] for code, payload in attributes if code == _PARAM_CBANK
        ]
        shared = sections.get(f".nv.shared.{kernel}")
        return KernelMetadata(
            name=kernel,
            arch=_architecture(file),
            register_count=_register_count(sections, kernel),
            shared_bytes=shared["sh_size"] if shared else 0,
            parameter_base=base[0] if base else 0,
            parameters=_parameters(attributes),
            constants=_data(sections, f".nv.constant2.{kernel}"),
            code_bytes=len(_data(sections, f".text.{kernel}")),
            stack_bytes=_of_symbol(sections, _MIN_STACK_SIZE, kernel) or 0,
            module=read_module(cubin, sections),
            calls=calls_outside(sections, kernel),
        )


def read_code(cubin: bytes, kernel: str) -> bytes:
    """The machine code of ``kernel``. Raises ``ListingError`` as ``read_metadata`` does."""
    with _opened(cubin, kernel) as (_, sections):
        return _data(sections, f".text.{kernel}")


def kernels_of(cubin: bytes) -> tuple[str, ...]:
    """The kernels of a cubin, by their names in it (C++ names are mangled), in the order of its sections.
    Raises ``ListingError`` where the bytes are no cubin.
    """
    with _opened(cubin, None) as (_, sections):
        return tuple(
            n.removeprefix(_CODE)
            for n in sections
            if n.startswith(_CODE) and f".nv.info.{n[len(_CODE) :]}" in sections
        )


def architecture_of(cubin: bytes) -> str:
    """The architecture that a cubin is for. Raises ``ListingError`` where the bytes are no cubin."""
    with _opened(cubin, None) as (file, _):
        return _architecture(file)


@contextmanager
def _opened(cubin: bytes, kernel: str | None) -> Iterator[tuple[ELFFile, Sections]]:
    """A whole cubin that holds the kernel (None: any), and its sections by name."""
    try:
        file = ELFFile(BytesIO(cubin))
        if (file.elfclass, file.little_endian, file["e_machine"]) != (64, True, "EM_CUDA"):
            raise ListingError("not a cubin (an ELF64 file for NVIDIA CUDA); compile the kernel again")
        sections = {section.name: section for section in file.iter_sections()}
        _check_whole(file, sections, len(cubin))
        if kernel is not None and _CODE + kernel not in sections:
            names = [name.removeprefix(_CODE) for name in sections if name.startswith(_CODE)]
            raise ListingError(f"{kernel}: not in this cubin, which holds {', '.join(names) or 'no kernel'}")
        yield file, sections
    except _BROKEN:
        raise ListingError(
            f"{kernel or 'this file'}: the cubin is broken or cut short; compile the kernel again"
        ) from None


def _check_whole(file: ELFFile, sections: Sections, nbytes: int) -> None:
    """Raise ValueError where the file ends before what its headers name."""
    ends = [file[f"e_{part}off"] + file[f"e_{part}num"] * file[f"e_{part}entsize"] for part in ("sh", "ph")]
    kept = (section for section in sections.values() if section["sh_type"] != "SHT_NOBITS")
    if max(*ends, *(section["sh_offset"] + section["sh_size"] for section in kept)) > nbytes:
        raise ValueError


def _data(sections: Sections, name: str) -> bytes:
    section = sections.get(name)
    return section.data() if section and section["sh_type"] != "SHT_NOBITS" else b""


def _architecture(file: ELFFile) -> str:
    """From ``e_flags``: the low byte, or the second one since ELF ABI version 8 (CUDA 13)."""
    flags = file["e_flags"]
    return name_of(flags >> 8 & 0xFF if file["e_ident"]["EI_ABIVERSION"] >= 8 else flags & 0xFF)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(attribute code, payload) of an ``.nv.info`` section; formats other than "sized" carry at most two
    bytes in place.
    """
    position = 0
    while position < len(data):
        kind, code, value = struct.unpack_from("<BBH", data, position)
        position += 4
        if kind == _FORMAT_SIZED:
            (payload,) = struct.unpack_from(f"{value}s", data, position)
            yield code, payload
            position += value


def _parameters(attributes: list[tuple[int, bytes]]) -> tuple[Parameter, ...]:
    """Ordinal, offset and size of every parameter (the size is in the upper 14 bits of the flag word)."""
    found = []
    for code, payload in attributes:
        if code == _KPARAM_INFO:
            _, ordinal, offset, flags = struct.unpack_from("<IHHI", payload)
            found.append(Parameter(ordinal, offset, flags >> 18))
    return tuple(sorted(found, key=lambda p: p.ordinal))


def _register_count(sections: Sections, kernel: str) -> int:
    """``EIATTR_REGCOUNT`` of the kernel's symbol, or else the top byte of the code section's ``sh_info``."""
    found = _of_symbol(sections, _REGCOUNT, kernel)
    return int(sections[f".text.{kernel}"]["sh_info"] >> 24) if found is None else found


def _of_symbol(sections: Sections, attribute: int, kernel: str) -> int | None:
    """What the attributes of the whole file say of a kernel, None if nothing (or that it is not known)."""
    for code, payload in _attributes(_data(sections, ".nv.info")):
        if code == attribute:
            symbol, value = struct.unpack_from("<Ii", payload)
            if sections[".symtab"].get_symbol(symbol).name == kernel and value >= 0:
                return int(value)
    return None
