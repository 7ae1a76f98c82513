"""A fault that the user chose, as one line of a file says it (docs/own-faults.md has the definitions)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from sassafras.errors import UsageError
from sassafras.faults.model import (
    Corruption,
    Fault,
    FaultModel,
    Mode,
    Operation,
    Scope,
    Target,
    TargetKind,
    known_models,
)

COLUMNS = ("kernel", "invocation", "block", "thread", "instruction", "target", "mask")
OPTIONAL = ("frame", "scope", "model")
HEADING = ",".join((*COLUMNS, *OPTIONAL))

_TARGETS = {
    (Mode.RF, "R"): TargetKind.REGISTER,
    (Mode.IOV, "R"): TargetKind.REGISTER,
    (Mode.IOV, "P"): TargetKind.PREDICATE,
    (Mode.IOV, "CC"): TargetKind.CONDITION_CODE,
    (Mode.IOV, "WORD"): TargetKind.STORE_VALUE,
    (Mode.IOA, "R"): TargetKind.REGISTER_INDEX,
    (Mode.IOA, "ADDRESS"): TargetKind.STORE_ADDRESS,
}
_NUMBERED = {"R": 254, "P": 6, "WORD": 3}  #: the largest number of each name that has one
_WIDEST = {
    TargetKind.REGISTER: 32,
    TargetKind.PREDICATE: 1,
    TargetKind.CONDITION_CODE: 4,
    TargetKind.STORE_VALUE: 32,
    TargetKind.REGISTER_INDEX: 8,
    TargetKind.STORE_ADDRESS: 64,
}
_TOLD_BY_MASK = (FaultModel.SINGLE_BIT, FaultModel.DOUBLE_BIT, FaultModel.ZERO_VALUE, FaultModel.RANDOM_VALUE)
"""Models whose masks are known by their look."""
_FLAGS = (TargetKind.PREDICATE, TargetKind.CONDITION_CODE)
_TARGET = re.compile(r"(RF|IOV|IOA):(R|P|CC|WORD|ADDRESS)(\d{1,3})?", re.ASCII)
_MASK = re.compile(r"(=?)0x([0-9a-fA-F]{1,16})", re.ASCII)
_KNOWN_TARGETS = "RF:R4, IOV:R4, IOV:P0, IOV:CC, IOV:WORD0, IOA:R4 or IOA:ADDRESS"


@dataclass(frozen=True)
class OwnFault:
    """A fault by its place and its mask.

    ``kernel``, ``invocation``: the launch (``invocation`` earlier ones of the kernel in an inference).
    ``block``, ``thread``: linear numbers. ``instruction``: dynamic instruction of the golden thread, from 0.
    ``target``: mode and name, as in ``IOV:R4``. ``mask``: hexadecimal bits to flip, as in ``0x400``; behind
    "=" the value that replaces the word. ``model``: None: what the mask is (`model_of`). ``where``: where it
    was read, for messages. Raises UsageError that names the column.
    """

    kernel: str
    invocation: int
    block: int
    thread: int
    instruction: int
    target: str
    mask: str
    frame: int = 0
    scope: Scope = Scope.THREAD
    model: FaultModel | None = None
    where: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for name in ("invocation", "block", "thread", "instruction", "frame"):
            number = getattr(self, name)
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                raise self.refuse(name, f"{number!r} is no number: count from 0")
        self._name("scope", (Scope.THREAD, Scope.WARP))
        self._name("model", known_models())
        self._check_mask()

    def _name(self, column: str, known: Sequence[str]) -> None:
        """A member, where its value was given."""
        given = getattr(self, column)
        if given is not None and given not in known:
            raise self.refuse(column, f"{given!r} is unknown; known: {', '.join(known)}")
        object.__setattr__(self, column, None if given is None else known[known.index(given)])

    def refuse(self, column: str, problem: str) -> UsageError:
        """The error of a column of this fault. ``problem``: what is wrong, and the way out."""
        return refused(self.where, column, problem)

    @property
    def mode(self) -> Mode:
        """What is corrupted."""
        return self._place[0]

    @property
    def kind(self) -> TargetKind:
        """What the bits belong to."""
        return self._place[1]

    @property
    def index(self) -> int:
        """Register, predicate or word; 0 where there is but one."""
        return self._place[2]

    @property
    def _place(self) -> tuple[Mode, TargetKind, int]:
        found = _TARGET.fullmatch(str(self.target).strip())
        kind = _TARGETS.get((Mode(found[1]), found[2])) if found else None
        if found is None or kind is None or (found[3] is None) == (found[2] in _NUMBERED):
            raise self.refuse("target", f"{self.target!r} names no target: give {_KNOWN_TARGETS}")
        number = int(found[3] or 0)
        if number > _NUMBERED.get(found[2], 0):
            raise self.refuse(
                "target", f"{self.target}: the last one is {found[1]}:{found[2]}{_NUMBERED[found[2]]}"
            )
        return Mode(found[1]), kind, number

    @property
    def change(self) -> tuple[Operation, int]:
        """What the mask does: flip these bits, or set this value."""
        found = _MASK.fullmatch(str(self.mask).strip())
        if found is None:
            raise self.refuse(
                "mask", f"{self.mask!r} is no mask: give bits to flip as 0x400, or a value to set as =0x400"
            )
        return (Operation.SET if found[1] else Operation.FLIP), int(found[2], 16)

    @property
    def fault_model(self) -> FaultModel:
        """The fault model: the one given, or what the mask is by itself."""
        operation, value = self.change
        return self.model or model_of(operation, value, self.kind)

    def _check_mask(self) -> None:
        operation, value = self.change
        if operation is Operation.FLIP and value == 0:
            raise self.refuse(
                "mask", f"{self.mask} flips nothing: give at least one bit, or =0x0 to set zero"
            )
        if operation is Operation.SET and self.kind in _FLAGS:
            raise self.refuse("mask", f"{self.mask}: flags can only be flipped; give bits without '='")
        self.check_width(_WIDEST[self.kind])
        own = model_of(operation, value, self.kind)
        allowed = dict.fromkeys((own, FaultModel.MASK))
        if operation is Operation.SET:
            allowed |= {FaultModel.RANDOM_VALUE: None}
        if self.model in _TOLD_BY_MASK and self.model not in allowed:
            raise self.refuse(
                "model", f"{self.mask} is no {self.model} fault: leave it empty, or give {', '.join(allowed)}"
            )

    def check_width(self, bits: int) -> None:
        """Raise UsageError for a mask that is wider than what it strikes."""
        if self.change[1] >> bits:
            raise self.refuse(
                "mask", f"{self.mask} is wider than the {bits} bit{'s' * (bits > 1)} of {self.target}"
            )

    def corruption(self, bits: int) -> Corruption:
        """The change of a word of ``bits`` bits."""
        operation, value = self.change
        return Corruption(operation, value, bits)

    @property
    def line(self) -> str:
        """Its line under `HEADING`: equal lines are the same fault."""
        place = (self.kernel, self.invocation, self.block, self.thread, self.instruction)
        rest = (target_text(self.mode, self.kind, self.index), mask_text(*self.change, self.kind))
        return ",".join(map(str, (*place, *rest, self.frame, self.scope.value, self.fault_model.value)))


def refused(where: str, column: str, problem: str) -> UsageError:
    """The error of a place in a file: "faults.csv, line 3, column mask: ..."."""
    return UsageError(f"{where or 'a fault of the list'}, column {column}: {problem}")


def model_of(operation: Operation, value: int, kind: TargetKind) -> FaultModel:
    """The fault model of a mask by itself: single-bit, double-bit (adjacent), zero-value, else ``mask``."""
    match operation:
        case Operation.SET:
            return FaultModel.MASK if value else FaultModel.ZERO_VALUE
        case Operation.FLIP:
            lowest = value & -value
            if value == lowest:
                return FaultModel.SINGLE_BIT
            adjacent = value == 3 * lowest and kind not in _FLAGS
            return FaultModel.DOUBLE_BIT if adjacent else FaultModel.MASK
        case _:
            assert_never(operation)


def target_text(mode: Mode, kind: TargetKind, index: int) -> str:
    """A target as the file names it."""
    (name,) = (name for (of, name), found in _TARGETS.items() if (of, found) == (mode, kind))
    return f"{mode.value}:{name}{index if name in _NUMBERED else ''}"


def mask_text(operation: Operation, value: int, kind: TargetKind) -> str:
    """A mask as the file writes it, in all its digits."""
    digits = -(-_WIDEST[kind] // 4)
    return f"{'=' if operation is Operation.SET else ''}{value:#0{digits + 2}x}"


def listed_targets(mode: Mode, found: Iterable[Target]) -> str:
    """The targets of an instruction, for messages."""
    return ", ".join(target_text(mode, t.kind, t.index) for t in found) or "nothing"


def own_fault_of(fault: Fault, kernel: str, invocation: int, word: int) -> OwnFault:
    """The fault alone, as a line of one's own would say it. ``kernel``, ``invocation``: of its launch.
    ``word``: the struck word before: what a model of measured tables makes of it is a value to set. A model
    of the user's own is told by its mask alone.
    """
    site, change, mode = fault.site, fault.corruption, fault.draw.mode
    if not isinstance(change, Corruption):
        change = Corruption(Operation.SET, change.apply(word), fault.target.bits)
    return OwnFault(
        kernel,
        invocation,
        site.block,
        site.thread,
        site.instruction,
        target_text(mode, fault.target.kind, fault.target.index),
        mask_text(change.operation, change.value, fault.target.kind),
        site.frame,
        fault.draw.scope,
        None if fault.draw.model.own is not None else fault.draw.model,
    )
