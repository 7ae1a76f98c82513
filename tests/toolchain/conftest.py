"""An ELF reader of a few lines, written apart from the one it checks."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

SectionReader = Callable[[bytes, str], bytes]


def section(elf: bytes, name: str) -> bytes:
    """Contents of the section of that name in a 64-bit little-endian ELF file."""
    (table,) = struct.unpack_from("<Q", elf, 0x28)
    entry_size, count, names_index = struct.unpack_from("<HHH", elf, 0x3A)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + entry_size * i) for i in range(count)]
    names = headers[names_index][4]
    for name_offset, _, _, _, offset, size in headers:
        start = names + name_offset
        if elf[start : elf.index(b"\0", start)] == name.encode():
            return elf[offset : offset + size]
    raise LookupError(name)


@pytest.fixture
def read_section() -> SectionReader:
    return section
