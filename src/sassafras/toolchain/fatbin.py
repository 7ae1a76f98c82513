"""The parts of a fatbin: what nvcc puts beside each other for several architectures, alone (``-fatbin``) or
inside an object, library or program.

NVIDIA does not document the format; the layout is as seen in files, and as others read it: a header (magic,
its own size, size of what follows), then parts, each with a header and a cubin or PTX, compressed as an LZ4
block or (in files of CUDA 12.8 and later) as a zstd frame where a flag says so.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from sassafras.architectures.registry import name_of
from sassafras.errors import ToolchainError
from sassafras.toolchain.cubin import architecture_of
from sassafras.toolchain.vendor_libraries import check_not_vendors

MAGIC = 0xBA55ED50
_HEADER = struct.Struct("<IHHQ")  #: magic, version, size of this header, size of all parts
_PART = struct.Struct("<HHIQIIHHIIIQQQ")
_PTX, _CUBIN = 1, 2
_LZ4, _ZSTD = 0x2000, 0x8000
_SECTIONS = (".nv_fatbin", "__nv_relfatbin", ".nvFatBinSegment")


@dataclass(frozen=True)
class Part:
    """``is_cubin``: else it is PTX, which has to be compiled. ``arch``: its name."""

    is_cubin: bool
    arch: str
    content: bytes


def cubins_of(path: Path, arch: str) -> list[bytes]:
    """The cubins for an architecture in a cubin, a fatbin, or a file of the host that holds some.

    Raises ToolchainError, in one line, for a file that holds none for it, and says what it does hold, and
    for NVIDIA's own libraries.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ToolchainError(f"cannot read {path}: {error.strerror}") from error
    try:
        check_not_vendors(path, content)
        parts = list(_parts_of_file(content))
    except (struct.error, ELFError, IndexError, ValueError) as error:
        raise ToolchainError(f"{path} is damaged: {error}; compile it again") from error
    found = [part.content for part in parts if part.is_cubin and part.arch == arch]
    if not found:
        held = sorted({part.arch if part.is_cubin else f"PTX for {part.arch}" for part in parts})
        said = f"it holds {', '.join(held)}" if held else "it is no cubin, fatbin or host file with one"
        raise ToolchainError(
            f"{path}: no machine code for {arch}: {said}; compile with nvcc -arch={arch}, or choose --arch"
        )
    return found


def _parts_of_file(content: bytes) -> Iterator[Part]:
    if content[:4] == struct.pack("<I", MAGIC):
        yield from parts_of(content)
        return
    if content[:4] != b"\x7fELF":
        return
    file = ELFFile(BytesIO(content))
    if file["e_machine"] == "EM_CUDA":
        yield Part(True, architecture_of(content), content)
        return
    for section in file.iter_sections():
        if section.name in _SECTIONS:
            yield from parts_of(section.data())


def parts_of(content: bytes) -> Iterator[Part]:
    """All parts of fatbins that lie one behind the other, with gaps of zeros. Raises ValueError and
    struct.error for what is damaged.
    """
    at = 0
    while (at := content.find(struct.pack("<I", MAGIC), at)) >= 0:
        _, _, header, nbytes = _HEADER.unpack_from(content, at)
        start, end = at + header, at + header + nbytes
        if end > len(content):
            raise ValueError("it ends before what its header names")
        while start + _PART.size <= end:
            part, start = _part(content, start)
            if part is not None:
                yield part
        at = end


def _part(content: bytes, at: int) -> tuple[Part | None, int]:
    """The part whose header begins there (None: of another kind), and where the next one does."""
    kind, _, header, nbytes, packed, _, _, _, arch, _, _, flags, _, whole = _PART.unpack_from(content, at)
    start = at + header
    end = start + nbytes
    if header < _PART.size - 8 or end > len(content):
        raise ValueError("a part's header is not one")
    if kind not in (_PTX, _CUBIN):
        return None, end
    data = content[start:end]
    if flags & (_LZ4 | _ZSTD):
        unpack = unpacked_zstd if flags & _ZSTD else unpacked
        data = unpack(data[:packed] if packed else data, whole)
    return Part(kind == _CUBIN, name_of(arch), data), end


def unpacked_zstd(data: bytes, nbytes: int) -> bytes:
    """The ``nbytes`` bytes of a zstd frame. Raises ValueError for a damaged one."""
    import pyarrow as pa  # half a second, for few files

    try:
        with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
            found = bytes(stream.read(nbytes + 1))
    except OSError as error:
        raise ValueError(f"its compressed data cannot be read: {error}") from None
    if len(found) != nbytes:
        raise ValueError(f"its compressed data are {len(found)} bytes or more, not {nbytes}")
    return found


def unpacked(data: bytes, nbytes: int) -> bytes:
    """The ``nbytes`` bytes of an LZ4 block. Raises IndexError and ValueError for a damaged one."""
    found = bytearray()
    at = 0

    def length(start: int) -> int:
        nonlocal at
        total = start
        if start == 15:
            while True:
                more = data[at]
                at += 1
                total += more
                if more != 255:
                    break
        return total

    while at < len(data) and len(found) < nbytes:
        token = data[at]
        at += 1
        literal = length(token >> 4)
        found += data[at : at + literal]
        at += literal
        if at >= len(data) or len(found) >= nbytes:
            break
        back = data[at] | data[at + 1] << 8
        at += 2
        again = length(token & 15) + 4
        if not 0 < back <= len(found):
            raise ValueError("its compressed data refer to what is not there")
        for _ in range(again):
            found.append(found[-back])
    if len(found) != nbytes:
        raise ValueError("its compressed data are cut short")
    return bytes(found)
