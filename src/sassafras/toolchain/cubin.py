"""Reads a kernel's metadata from a cubin (an ELF64 file).

Sources: the ELF64 format (Tool Interface Standard 1.2 and its 64-bit extension); NVIDIA's attribute names as
printed by ``cuobjdump -elf`` (``EIATTR_...``), their layout as seen in the files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from sassafras.architectures.registry import name_of
from sassafras.errors import ListingError
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter

_PARAM_CBANK = 0x0A
_KPARAM_INFO = 0x17
_REGCOUNT = 0x2F
_FORMAT_SIZED = 0x04
_SHT_NOBITS = 8
_EM_CUDA = 190


@dataclass(frozen=True)
class _Section:
    """An ELF section: ``size`` in bytes also where the file holds none (shared memory); ``info`` is
    ``sh_info``.
    """

    name: str
    size: int
    info: int
    data: bytes


def read_metadata(cubin: bytes, kernel: str) -> KernelMetadata:
    """Registers, shared bytes, parameters, constant bank 2 and code size of ``kernel``.

    Raises ``ListingError`` if the bytes are not a whole cubin or do not hold the kernel.
    """
    try:
        return _read(cubin, kernel)
    except (struct.error, IndexError, ValueError):
        raise ListingError(f"{kernel}: the cubin is broken or cut short; compile the kernel again") from None


def read_code(cubin: bytes, kernel: str) -> bytes:
    """The machine code of ``kernel``. Raises ``ListingError`` as ``read_metadata`` does."""
    try:
        found = [section.data for section in _sections(cubin) if section.name == f".text.{kernel}"]
    except (struct.error, IndexError, ValueError):
        found = []
    if not found:
        raise ListingError(f"{kernel}: the cubin is broken or does not hold it; compile the kernel again")
    return found[0]


def _read(cubin: bytes, kernel: str) -> KernelMetadata:
    sections = {section.name: section for section in _sections(cubin)}
    code = sections.get(f".text.{kernel}")
    if code is None:
        names = [name.removeprefix(".text.") for name in sections if name.startswith(".text.")]
        raise ListingError(f"{kernel}: not in this cubin, which holds {', '.join(names) or 'no kernel'}")
    attributes = list(_attributes(_data(sections, f".nv.info.{kernel}")))
    base = [struct.unpack_from("<H", payload, 4)[0] for code_, payload in attributes if code_ == _PARAM_CBANK]
    shared = sections.get(f".nv.shared.{kernel}")
    return KernelMetadata(
        name=kernel,
        arch=_architecture(cubin),
        register_count=_register_count(sections, kernel),
        shared_bytes=shared.size if shared else 0,
        parameter_base=base[0] if base else 0,
        parameters=_parameters(attributes),
        constants=_data(sections, f".nv.constant2.{kernel}"),
        code_bytes=len(code.data),
    )


def _data(sections: dict[str, _Section], name: str) -> bytes:
    return sections[name].data if name in sections else b""


def _header(cubin: bytes) -> tuple[int, int, int, int]:
    """(section table offset, entry size, entries, index of the name section); refuses what is not a CUDA
    ELF64 file.
    """
    if cubin[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", cubin, 18)[0] != _EM_CUDA:
        raise ListingError("not a cubin (an ELF64 file for NVIDIA CUDA); compile the kernel again")
    segments, offset = struct.unpack_from("<QQ", cubin, 32)
    segment_size, segment_count, entry_size, count, names = struct.unpack_from("<HHHHH", cubin, 54)
    _slice(cubin, segments, segment_size * segment_count)  # often the last bytes of a file: tells a cut one
    return offset, entry_size, count, names


def _architecture(cubin: bytes) -> str:
    """From ``e_flags``: the low byte, or the second one since ELF ABI version 8 (CUDA 13)."""
    flags = struct.unpack_from("<I", cubin, 48)[0]
    return name_of(flags >> 8 & 0xFF if cubin[8] >= 8 else flags & 0xFF)


def _slice(data: bytes, offset: int, size: int) -> bytes:
    if offset + size > len(data):
        raise IndexError
    return data[offset : offset + size]


def _sections(cubin: bytes) -> Iterator[_Section]:
    table, entry_size, count, names_index = _header(cubin)
    headers = [struct.unpack("<IIQQQQIIQQ", _slice(cubin, table + i * entry_size, 64)) for i in range(count)]
    names = _slice(cubin, headers[names_index][4], headers[names_index][5])
    for name, kind, _, _, offset, size, _, info, _, _ in headers:
        text = names[name : names.index(b"\0", name)].decode("ascii")
        yield _Section(text, size, info, b"" if kind == _SHT_NOBITS else _slice(cubin, offset, size))


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(attribute code, payload) of an ``.nv.info`` section; formats other than "sized" carry at most two
    bytes in place.
    """
    position = 0
    while position < len(data):
        kind, code, value = struct.unpack_from("<BBH", data, position)
        position += 4
        if kind == _FORMAT_SIZED:
            yield code, _slice(data, position, value)
            position += value


def _parameters(attributes: list[tuple[int, bytes]]) -> tuple[Parameter, ...]:
    """Ordinal, offset and size of every parameter (the size is in the upper 14 bits of the flag word)."""
    found = []
    for code, payload in attributes:
        if code == _KPARAM_INFO:
            _, ordinal, offset, flags = struct.unpack_from("<IHHI", payload)
            found.append(Parameter(ordinal, offset, flags >> 18))
    return tuple(sorted(found, key=lambda p: p.ordinal))


def _register_count(sections: dict[str, _Section], kernel: str) -> int:
    """``EIATTR_REGCOUNT`` of the kernel's symbol, or else the top byte of the code section's ``sh_info``."""
    names = _symbol_names(_data(sections, ".symtab"), _data(sections, ".strtab"))
    for code, payload in _attributes(_data(sections, ".nv.info")):
        if code == _REGCOUNT:
            symbol, count = struct.unpack_from("<II", payload)
            if names[symbol] == kernel:
                return int(count)
    return sections[f".text.{kernel}"].info >> 24


def _symbol_names(symbols: bytes, strings: bytes) -> list[str]:
    offsets = [struct.unpack_from("<I", symbols, start)[0] for start in range(0, len(symbols), 24)]
    return [strings[offset : strings.index(b"\0", offset)].decode("ascii") for offset in offsets]
