"""The launches of a workload file, one by one: loops are run, formulas are worth something."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sassafras.emulator.launch import Dim
from sassafras.errors import UsageError, did_you_mean
from sassafras.toolchain.c_types import CType
from sassafras.toolchain.structs import Leaf, Struct
from sassafras.workload.own.code import Code, guessed
from sassafras.workload.own.expressions import Names, Place, Value, value_of, whole
from sassafras.workload.own.schema import (
    Argument,
    Dims,
    LaunchSpec,
    LoopSpec,
    Number,
    Step,
    StructValue,
    Typed,
)
from sassafras.workload.own.structs import parts_of

MOST = 100_000  #: launches
_MOST_THREADS = 1024  #: of a block
_WIDEST = 2**31 - 1


@dataclass(frozen=True)
class Word:
    """A scalar among the parameters, an argument or one in a struct (``p.range.to``), and where it lies."""

    slot: Leaf
    value: int | float | Place


@dataclass(frozen=True)
class Ready:
    """A launch as it will be. ``arguments``: in order; a struct has several words."""

    code: Code
    grid: Dim
    block: Dim
    shared: int
    arguments: tuple[tuple[Word, ...], ...]
    part: str

    @property
    def words(self) -> tuple[Word, ...]:
        """Of all arguments."""
        return tuple(word for argument in self.arguments for word in argument)

    @property
    def slots(self) -> tuple[tuple[Leaf, ...], ...]:
        """Of each argument."""
        return tuple(tuple(word.slot for word in argument) for argument in self.arguments)


class Steps:
    """``sizes``: bytes of every buffer; ``names``: for formulas, buffers included."""

    def __init__(self, codes: Mapping[str, Code], sizes: Mapping[str, int], names: Names) -> None:
        self._codes, self._sizes, self._names = codes, sizes, names

    def ready(self, steps: Sequence[Step]) -> list[Ready]:
        """Every launch. Raises UsageError."""
        found = []
        for launch in self._walk(steps, self._names, "launches"):
            found.append(launch)
            if len(found) > MOST:
                raise UsageError(f"launches: more than {MOST}")
        if not found:
            raise UsageError("launches: none is left: every one is in a loop of none, or its when is false")
        return found

    def _walk(self, steps: Sequence[Step], names: Names, where: str) -> Iterator[Ready]:
        for number, step in enumerate(steps):
            place = f"{where}[{number}]"
            if isinstance(step, LoopSpec):
                if step.counter in self._names:
                    raise UsageError(f"{place}.counter: {step.counter!r} has a meaning already")
                for turn in range(whole(step.repeat, names, f"{place}.repeat", 0)):
                    yield from self._walk(step.launches, {**names, step.counter: turn}, f"{place}.launches")
            elif step.when is None or value_of(step.when, names, f"{place}.when"):
                yield self._ready(step, names, place)

    def _ready(self, step: LaunchSpec, names: Names, where: str) -> Ready:
        if step.kernel not in self._codes:
            hint = did_you_mean(step.kernel, self._codes)
            raise UsageError(
                f"{where}: there is no kernel {step.kernel!r}; {hint}there are: {', '.join(self._codes)}"
            )
        code = self._codes[step.kernel]
        where = f"{where} ({step.kernel})"
        grid, block = (
            _dims(given, names, f"{where}.{name}")
            for name, given in (("grid", step.grid), ("block", step.block))
        )
        if math.prod(block) > _MOST_THREADS:
            raise UsageError(
                f"{where}.block: {math.prod(block)} threads, a block has at most {_MOST_THREADS}"
            )
        shared = whole(step.shared, names, f"{where}.shared", 0)
        ordered = self._in_order(code, step.arguments, where)
        arguments = tuple(self._words(code, k, given, names, where) for k, given in enumerate(ordered))
        return Ready(code, grid, block, shared, arguments, step.part or step.kernel)

    def _in_order(
        self, code: Code, given: Sequence[Argument] | Mapping[str, Argument], where: str
    ) -> list[Argument]:
        names = [code.name_of(place) for place in range(len(code.sizes))]
        if code.more and not isinstance(given, Mapping):
            given = (
                {**dict(zip(names, given, strict=False)), **code.more} if len(given) <= len(names) else given
            )
        elif code.more:
            given = {**given, **code.more}  # type: ignore[dict-item]
        takes = f"{code.label} takes {', '.join(names) or 'none'}"
        if isinstance(given, Mapping):
            for name in given:
                if name not in names:
                    raise UsageError(
                        f"{where}.arguments: there is no {name!r}; {did_you_mean(name, names)}{takes}"
                    )
            missing = [name for name in names if name not in given]
        else:
            if len(given) > len(names):
                raise UsageError(f"{where}.arguments: there are {len(given)}; {takes}")
            missing = names[len(given) :]
        if missing:
            raise UsageError(f"{where}.arguments: {missing[0]} is missing; {takes}")
        return [given[name] for name in names] if isinstance(given, Mapping) else list(given)

    def _words(self, code: Code, place: int, given: Argument, names: Names, where: str) -> tuple[Word, ...]:
        name, parameter = code.name_of(place), code.program.parameters[place]
        where = f"{where}.arguments.{name}"
        said = given.type if isinstance(given, Typed) else code.signature[place].type
        if isinstance(given, StructValue):
            return tuple(
                self._word(leaf.moved(name, parameter.offset), one, names, f"{where}{leaf.name}")
                for leaf, one in parts_of(given, said, parameter.size, where)
            )
        given = given.value if isinstance(given, Typed) else given
        kind, value = self._typed(given, said, parameter.size, names, where)
        return (Word(Leaf(name, kind, parameter.offset), value),)

    def _word(self, slot: Leaf, given: Any, names: Names, where: str) -> Word:
        if not isinstance(given, bool | int | float | str):
            raise UsageError(f"{where}: {given!r} is no number; it is {slot.kind}")
        _, value = self._typed(given, slot.kind, slot.kind.nbytes, names, where)
        return Word(slot, value)

    def _typed(
        self, given: Number, said: CType | Struct | None, size: int, names: Names, where: str
    ) -> tuple[CType, int | float | Place]:
        value: Value = value_of(given, names, where) if isinstance(given, str) else given
        if isinstance(said, Struct) or (said is None and size not in (1, 2, 4, 8)):
            takes = f"the struct {said.name} ({size} bytes)" if said else f"{size} bytes by value (a struct)"
            sort = f"{value.buffer} is a buffer" if isinstance(value, Place) else f"{value!r} is a number"
            raise UsageError(f"{where}: {sort}, the kernel takes {takes}: give {{ fields = ... }} or bytes")
        if isinstance(value, Place):
            self._check_place(value, said, size, where)
            return CType.POINTER, value
        kind = said or guessed(size, value)
        if kind.nbytes != size:
            raise UsageError(f"{where}: {kind} has {kind.nbytes} bytes, the kernel takes {size}")
        return kind, _checked(kind, value, where)

    def _check_place(self, place: Place, said: CType | None, size: int, where: str) -> None:
        if size != 8 or said not in (None, CType.POINTER, CType.UINT64):
            raise UsageError(
                f"{where}: {place.buffer} is a buffer, the kernel takes {said or f'{size} bytes'}"
            )
        if not 0 <= place.offset < self._sizes[place.buffer]:
            raise UsageError(
                f"{where}: {place.offset} bytes behind the start of {place.buffer} is outside its "
                f"{self._sizes[place.buffer]} bytes"
            )


def _checked(kind: CType, value: int | float | bool, where: str) -> int | float:
    if kind is CType.POINTER:
        raise UsageError(f"{where}: {value!r} is a number, the kernel takes a pointer: name a buffer")
    if kind.is_float:
        return float(value)
    if isinstance(value, float) and not value.is_integer():
        raise UsageError(f"{where}: {value!r} is no whole number, the kernel takes {kind}")
    number = int(value)
    bits = 1 if kind is CType.BOOL else 8 * kind.nbytes
    signed = kind in (CType.INT8, CType.INT16, CType.INT32, CType.INT64)
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    if not low <= number <= high:
        raise UsageError(f"{where}: {number} does not fit into {kind}")
    return number


def _dims(given: Dims, names: Names, where: str) -> Dim:
    sides = given if isinstance(given, tuple) else (given,)
    found = [whole(side, names, where) for side in sides]
    if max(found) > _WIDEST:
        raise UsageError(f"{where}: {max(found)} is more than {_WIDEST}")
    x, y, z = (*found, 1, 1)[:3]
    return x, y, z
