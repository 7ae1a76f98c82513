"""Values that differ from lane to lane, and how many lanes one vector has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP


class NoWideForm(Exception):
    """A program that has no wide form: it runs thread by thread."""


@dataclass(frozen=True)
class Shape:
    """A warp as ``parts`` vectors of ``lanes`` lanes each. One vector of 32 truth values would be slow."""

    lanes: int

    @property
    def parts(self) -> int:
        """Vectors of a warp."""
        return WARP // self.lanes

    @property
    def all(self) -> range:
        """The numbers of the parts."""
        return range(self.parts)

    def vector(self, kind: ir.Type) -> ir.VectorType:
        """The type of one part."""
        return ir.VectorType(kind, self.lanes)


class Wide:
    """A value per lane: a vector per part. ``type`` is that of one lane, as semantic functions expect it.

    ``bits_of``: of what it has the bits. ``nan_of``: what it tells about, whether that is a NaN. ``raw``:
    bits, or a float, that are the same save that a NaN may be any NaN there.
    """

    __slots__ = ("bits_of", "nan_of", "parts", "raw", "type")

    def __init__(self, parts: Sequence[ir.Value], kind: ir.Type) -> None:
        self.parts = tuple(parts)
        self.type = kind
        self.bits_of: Wide | None = None
        self.nan_of: Wide | None = None
        self.raw: Wide | None = None

    def __getattr__(self, name: str) -> Any:
        raise NoWideForm(f"a value of many lanes has no {name}")


class WideSlot:
    """Where a value per lane is kept in a function: a local slot per part. ``raw``: of what it holds, known
    until the block ends.
    """

    __slots__ = ("kind", "parts", "raw")

    def __init__(self, parts: Sequence[ir.Value], kind: ir.Type) -> None:
        self.parts = tuple(parts)
        self.kind = kind
        self.raw: Wide | None = None


class Splat(ir.Constant):  # type: ignore[misc]  # llvmlite has no types
    """A vector constant whose elements are equal, in LLVM's short words."""

    def __init__(self, kind: ir.VectorType, element: ir.Constant) -> None:
        super().__init__(kind, element)
        self._element = element

    def _get_reference(self) -> str:
        return f"splat ({self._element.type} {self._element.get_reference()})"

    def _to_string(self) -> str:
        return f"{self.type} {self._get_reference()}"


Each = Callable[..., ir.Value]  #: an operation on one part of every operand
