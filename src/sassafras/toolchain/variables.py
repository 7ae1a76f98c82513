"""The ``__constant__`` and ``__device__`` variables of a cubin.

Sections: ``.nv.constant3`` holds ``__constant__`` variables; ``.nv.global.init`` and ``.nv.global`` hold
``__device__`` ones with and without an initial value; ``.nv.constant4`` is a table of their addresses.
Relocations say which words are addresses: types 2 (of a table) and 4 (of a variable), as seen in the files.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from sassafras.isa.module import POINTER_BYTES, External, Module, Pointer, Variable

_CONSTANT, _INITIAL, _ZERO, _TABLE = ".nv.constant3", ".nv.global.init", ".nv.global", ".nv.constant4"
_CALLS = ".nv.callgraph"
_ADDRESS_TYPES = (2, 4)
_ALIGNMENT = 256  #: where a section begins: no variable asks for more

Sections = Mapping[str, Any]


def read_module(cubin: bytes, sections: Sections) -> Module | None:
    """The variables of a cubin with these sections, None where it has none."""
    if not any(name in sections for name in (_CONSTANT, _INITIAL, _ZERO, _TABLE)):
        return None
    starts, image, zeros = _image(sections)
    table = list(_relocations(sections, _TABLE, starts))
    externals = tuple(_externals(sections))
    return Module(
        digest=hashlib.sha256(cubin).hexdigest(),
        image=image,
        zeros=zeros,
        constant_bytes=_size(sections, _CONSTANT),
        address_bytes=_size(sections, _TABLE),
        pointers=tuple(
            Pointer(starts[name] + at, to)
            for name in (_CONSTANT, _INITIAL)
            for at, to in _relocations(sections, name, starts)
            if to is not None
        ),
        addresses=tuple(Pointer(at, to) for at, to in table if to is not None),
        unknown=tuple(at for at, to in table if to is None and at not in {one.at for one in externals}),
        externals=externals,
        variables=tuple(_variables(sections, starts)),
    )


def _size(sections: Sections, name: str) -> int:
    return int(sections[name]["sh_size"]) if name in sections else 0


def _image(sections: Sections) -> tuple[dict[str, int], bytes, int]:
    """Where each section begins in the image, what is in front of the zeros, and how many there are."""
    starts: dict[str, int] = {}
    image = b""
    for name in (_CONSTANT, _INITIAL, _ZERO):
        image += bytes(-len(image) % _ALIGNMENT)
        starts[name] = len(image)
        if name in sections and name != _ZERO:
            image += sections[name].data()
    return starts, image, _size(sections, _ZERO)


def _relocations(
    sections: Sections, name: str, starts: Mapping[str, int]
) -> Iterator[tuple[int, int | None]]:
    """Of a section: the offset of each address, and the place in the image (None: not in it)."""
    for kind in (".rel", ".rela"):
        if f"{kind}{name}" not in sections:
            continue
        for relocation in sections[f"{kind}{name}"].iter_relocations():
            at = int(relocation["r_offset"])
            start = _symbol_start(sections, relocation, starts)
            if start is None or relocation["r_info_type"] not in _ADDRESS_TYPES:
                yield at, None
                continue
            in_place = sections[name].data()[at : at + POINTER_BYTES]
            addend = relocation["r_addend"] if kind == ".rela" else int.from_bytes(in_place, "little")
            yield at, start + int(addend)


def _externals(sections: Sections) -> Iterator[External]:
    """The addresses in bank 4 of functions that are not in the file."""
    for kind in (".rel", ".rela"):
        if f"{kind}{_TABLE}" in sections:
            for relocation in sections[f"{kind}{_TABLE}"].iter_relocations():
                symbol = sections[".symtab"].get_symbol(relocation["r_info_sym"])
                if symbol["st_shndx"] == "SHN_UNDEF" and symbol.name:
                    yield External(int(relocation["r_offset"]), symbol.name)


def calls_outside(sections: Sections, kernel: str) -> tuple[str, ...]:
    """Functions that are not in the file and that a kernel may call, itself or through others of the file, by
    name. Source: ``.nv.callgraph`` (pairs of caller and callee); of a file without it all that are missing.
    """
    symbols = sections[".symtab"]
    if _CALLS not in sections:
        return tuple(dict.fromkeys(one.symbol for one in _externals(sections)))
    count = symbols.num_symbols()
    pairs = struct.iter_unpack("<II", sections[_CALLS].data())
    edges = [(a, b) for a, b in pairs if 0 < a < count and 0 < b < count]
    reached = {k for k in range(count) if symbols.get_symbol(k).name == kernel}
    while more := {b for a, b in edges if a in reached} - reached:
        reached |= more
    found = (symbols.get_symbol(k) for k in sorted(reached))
    return tuple(sorted(one.name for one in found if one["st_shndx"] == "SHN_UNDEF" and one.name))


def _symbol_start(sections: Sections, relocation: Any, starts: Mapping[str, int]) -> int | None:
    symbol = sections[".symtab"].get_symbol(relocation["r_info_sym"])
    return _start(sections, symbol, starts)


def _start(sections: Sections, symbol: Any, starts: Mapping[str, int]) -> int | None:
    """The place of a symbol in the image, None for one that is not there."""
    index = symbol["st_shndx"]
    if not isinstance(index, int):
        return None
    name = list(sections)[index]
    return starts[name] + int(symbol["st_value"]) if name in starts else None


def _variables(sections: Sections, starts: Mapping[str, int]) -> Iterator[Variable]:
    for symbol in sections[".symtab"].iter_symbols():
        start = _start(sections, symbol, starts)
        if start is not None and symbol["st_info"]["type"] == "STT_OBJECT":
            yield Variable(symbol.name, start, int(symbol["st_size"]))
