"""What a kernel's parameters are called and of which types they are: as its source says, or its mangled name.

A cubin says only where each parameter lies and how large it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sassafras.toolchain.c_types import MANGLED, CType
from sassafras.toolchain.structs import VECTORS, Struct, struct_or_type, structs_of_source

_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_KERNEL = re.compile(
    r"__global__\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?void\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?"
    r"(\w+)\s*\(([^)]*)\)"
)
_LAST_WORD = re.compile(r"(.*?)(\w+)\s*", re.DOTALL)


@dataclass(frozen=True)
class Named:
    """A parameter: of a ``kind``, or a ``struct`` by value. None: not known. ``constant``: points to what the
    kernel only reads.
    """

    name: str | None = None
    kind: CType | None = None
    constant: bool = False
    struct: Struct | None = None

    @property
    def type(self) -> CType | Struct | None:
        """Of either sort."""
        return self.kind or self.struct

    def of(self, kind: CType | Struct | None) -> Named:
        """The same parameter, of that type."""
        if isinstance(kind, Struct):
            return replace(self, kind=None, struct=kind)
        return replace(self, kind=kind, struct=None)


Signature = tuple[Named, ...]


def signatures_of_source(text: str) -> dict[str, Signature]:
    """The kernels of a CUDA source by their names, with their parameters. What macros make is not seen."""
    text = _COMMENTS.sub(" ", text)
    structs = structs_of_source(text)
    found = _KERNEL.findall(text)
    return {name: tuple(_declared(one, structs) for one in _arguments(said)) for name, said in found}


def _arguments(said: str) -> list[str]:
    return [one for one in said.split(",") if one.strip() not in ("", "void")]


def _declared(said: str, structs: Mapping[str, Struct]) -> Named:
    words = said.replace("__restrict__", " ").replace("__grid_constant__", " ")
    match = _LAST_WORD.fullmatch(words)
    if match is None:
        return Named()
    kind, pointee = struct_or_type(match[1], structs), match[1].rpartition("*")[0]
    return Named(match[2], constant=kind is CType.POINTER and "const" in pointee.split()).of(kind)


def plain_name(mangled: str) -> str:
    """The name in the source: ``step`` for ``_Z4stepPKfPfi``, what is in namespaces without them."""
    parts = _Mangled(mangled).names()
    return parts[-1] if parts else mangled


def signature_of_name(mangled: str) -> Signature | None:
    """The parameters that a mangled C++ name says; None where it says none (``extern "C"``)."""
    return _Mangled(mangled).parameters()


class _Mangled:
    """Reads a name of the Itanium C++ ABI, as far as kernels need it; what is not known has no type."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 2
        self._known = text.startswith("_Z")
        self._seen: list[Named] = []
        self._template = False

    def names(self) -> list[str]:
        if not self._known:
            return []
        nested = self._skip("N")
        found = []
        while self._at < len(self._text) and (name := self._name()) is not None:
            found.append(name)
            if self._peek() == "I":
                self._seen.append(Named())
                self._skip_group()
                self._template = True
            if not nested:
                break
            self._seen.append(Named())
        if nested:
            self._skip("E")
        return found

    def parameters(self) -> Signature | None:
        if not self.names():
            return None
        found = []
        if self._template:
            self._type()  # of the result
        while self._at < len(self._text):
            if self._peek() == "v":
                break
            found.append(self._type())
        return tuple(found)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self, letter: str) -> bool:
        here = self._peek() == letter
        self._at += here
        return here

    def _name(self) -> str | None:
        match = re.compile(r"\d+").match(self._text, self._at)
        if match is None:
            return None
        start, end = match.end(), match.end() + int(match[0])
        self._at = end
        return self._text[start:end]

    def _skip_group(self) -> None:
        """From I, L, X or N to its E."""
        depth = 0
        while self._at < len(self._text):
            letter = self._peek()
            if letter.isdigit() and self._text[self._at - 1] not in "Lijlmnxycahstb0123456789":
                self._name()
                continue
            depth += letter in "ILXN" and (letter != "L" or self._text[self._at + 1 : self._at + 2] != "E")
            depth -= letter == "E"
            self._at += 1
            if depth == 0:
                return

    def _type(self) -> Named:
        letter = self._peek()
        self._at += 1
        if letter in ("P", "R"):
            inner = self._type()
            return self._new(Named(None, CType.POINTER, inner.constant))
        if letter in ("K", "V"):
            inner = self._type()
            return self._new(replace(inner, constant=letter == "K"))
        if letter == "S":
            return self._repeated()
        if letter == "T":
            self._at = self._text.index("_", self._at) + 1
            return self._new(Named())
        if letter in MANGLED:
            return Named(None, MANGLED[letter])
        self._at -= 1
        struct = None
        if letter.isdigit():
            struct = VECTORS.get(self._name() or "")
        elif letter == "N":
            self._skip_group()
        else:
            self._at += 1
        if self._peek() == "I":
            self._skip_group()
            struct = None
        return self._new(Named(struct=struct))

    def _new(self, named: Named) -> Named:
        self._seen.append(named)
        return named

    def _repeated(self) -> Named:
        end = self._text.find("_", self._at)
        if end < 0:
            self._at = len(self._text)
            return Named()
        number = self._text[self._at : end]
        self._at = end + 1
        place = int(number, 36) + 1 if number else 0
        return self._seen[place] if place < len(self._seen) else Named()
