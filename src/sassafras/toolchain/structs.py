"""Structs that kernels take by value: which fields they have and where these lie, by the rules of C.

Source: the rules of the Itanium C++ ABI for plain structs, which nvcc and NVRTC follow on 64-bit Linux; sizes
and alignments of the vector types: CUDA C++ Programming Guide, "Built-in Vector Types".
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sassafras.toolchain.c_types import CType, type_of_words

_SIDES = re.compile(r"\[\s*(\d+)\s*\]")
_DECLARED = re.compile(r"\s*(\*?)[\s*]*(\w+)\s*((?:\[\s*\d+\s*\]\s*)*)")
_FIRST = re.compile(r"\s*([\w\s]*\w)(\s*\*[\s*]*|\s+)(\w+\s*(?:\[\s*\d+\s*\]\s*)*)")
_ALIGNED = r"(?:(?:__align__|alignas)\s*\(\s*(\d+)\s*\)\s*)?"
_STRUCT = re.compile(rf"(?<!typedef )\bstruct\s+{_ALIGNED}(\w+)\s*\{{([^{{}}]*)\}}\s*;")
_TYPEDEF = re.compile(rf"\btypedef\s+struct\s+{_ALIGNED}\w*\s*\{{([^{{}}]*)\}}\s*(\w+)\s*;")
_TEMPLATE = re.compile(r"\btemplate\s*<[^>]*>\s*struct\b[^{;]*\{[^{}]*\}\s*;")


@dataclass(frozen=True)
class Field:
    """``offset``: bytes behind the struct's start. ``sides``: of an array, outermost first."""

    name: str
    type: CType | Struct
    offset: int
    sides: tuple[int, ...] = ()

    @property
    def nbytes(self) -> int:
        """Of all elements."""
        return self.type.nbytes * math.prod(self.sides)


@dataclass(frozen=True)
class Leaf:
    """A scalar in a struct. ``name``: the way to it, such as ``range.to`` or ``coef[2]``."""

    name: str
    kind: CType
    offset: int

    def moved(self, name: str, offset: int) -> Leaf:
        """As part of what is called so, and lies there."""
        return Leaf(f"{name}{self.name}", self.kind, offset + self.offset)


@dataclass(frozen=True)
class Struct:
    """``nbytes``, ``alignment``: as the compiler has them."""

    name: str
    fields: tuple[Field, ...]
    nbytes: int
    alignment: int

    def leaves(self) -> Iterator[Leaf]:
        """Every scalar, in order."""
        for field in self.fields:
            places = itertools.product(*map(range, field.sides))
            for number, place in enumerate(places):
                name = field.name + "".join(f"[{at}]" for at in place)
                offset = field.offset + number * field.type.nbytes
                if isinstance(field.type, CType):
                    yield Leaf(name, field.type, offset)
                else:
                    yield from (leaf.moved(f"{name}.", offset) for leaf in field.type.leaves())


def struct_of(
    name: str, fields: Iterable[tuple[str, CType | Struct, tuple[int, ...]]], least: int = 1
) -> Struct:
    """The struct of these fields (name, type, sides of the array). ``least``: alignment that is asked for."""
    at, alignment = 0, least
    placed = []
    for label, kind, sides in fields:
        own = kind.nbytes if isinstance(kind, CType) else kind.alignment
        at += -at % own
        placed.append(Field(label, kind, at, sides))
        at += placed[-1].nbytes
        alignment = max(alignment, own)
    return Struct(name, tuple(placed), at + -at % alignment, alignment)


def _vectors() -> Iterator[Struct]:
    words = {
        "char": CType.INT8,
        "short": CType.INT16,
        "int": CType.INT32,
        "long": CType.INT64,
        "uchar": CType.UINT8,
        "ushort": CType.UINT16,
        "uint": CType.UINT32,
        "ulong": CType.UINT64,
        "longlong": CType.INT64,
        "ulonglong": CType.UINT64,
        "float": CType.FLOAT,
        "double": CType.DOUBLE,
    }
    for (word, kind), count in itertools.product(words.items(), range(1, 5)):
        alignment = kind.nbytes if count in (1, 3) else min(count * kind.nbytes, 16)
        yield struct_of(f"{word}{count}", [(axis, kind, ()) for axis in "xyzw"[:count]], alignment)
    yield struct_of("dim3", [(axis, CType.UINT32, ()) for axis in "xyz"])


VECTORS = {one.name: one for one in _vectors()}  #: the vector types of CUDA


def structs_of_source(text: str) -> dict[str, Struct]:
    """The structs of a CUDA source without comments whose layout is sure, by name, vectors left out.

    Not those with methods, bases, bit fields, unions, members of unknown types, or preprocessor lines inside,
    none where a name is defined twice in two ways, and none at all in a source with ``#pragma pack``.
    """
    if re.search(r"#\s*pragma\s+pack|_Pragma|__packed__", text):
        return {}
    text = _TEMPLATE.sub(" ", text)
    made = [(match.start(), match[1], match[2], match[3]) for match in _STRUCT.finditer(text)]
    made += [(match.start(), match[1], match[3], match[2]) for match in _TYPEDEF.finditer(text)]
    found: dict[str, Struct] = {}
    twice = set()
    for _, alignment, name, body in sorted(made):
        fields = _fields(body, found)
        if name in found or name in twice:
            found.pop(name, None)
            twice.add(name)
        elif fields is not None:
            found[name] = struct_of(name, fields, int(alignment or 1))
        else:
            twice.add(name)
    return found


def _fields(
    body: str, known: Mapping[str, Struct]
) -> list[tuple[str, CType | Struct, tuple[int, ...]]] | None:
    """The members of a struct's body, None where one cannot be read."""
    found = []
    for member in body.replace("__restrict__", " ").split(";"):
        if not member.strip():
            continue
        first, *others = member.split(",")
        match = _FIRST.fullmatch(first)
        if match is None:
            return None
        for said in (match[2] + match[3], *others):
            declared = _DECLARED.fullmatch(said)
            kind = declared and (CType.POINTER if declared[1] else struct_or_type(match[1], known))
            if declared is None or kind is None:
                return None
            found.append((declared[2], kind, tuple(map(int, _SIDES.findall(declared[3])))))
    return found or None


def struct_or_type(words: str, known: Mapping[str, Struct]) -> CType | Struct | None:
    """What C words say, None for what is not known here."""
    name = " ".join(word for word in words.split() if word not in ("const", "struct", "volatile"))
    return type_of_words(words) or known.get(name) or VECTORS.get(name)
