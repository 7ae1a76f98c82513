"""A card whose time is modelled: what it can do per clock cycle, with sources (docs/cost-model.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sassafras.architectures.multiprocessor import Multiprocessor
from sassafras.isa.kinds import Pipe


class Wait(Enum):
    """Classes of instructions whose results are there after as many clocks."""

    ARITHMETIC = "arithmetic"
    PREDICATE = "predicate"
    QUARTER = "quarter rate"
    DOUBLE = "double precision"
    SHARED = "shared memory"
    CONSTANT = "indexed constant"
    GLOBAL = "global memory"


@dataclass(frozen=True)
class Range:
    """A constant of the model: its ``nominal`` value, and the ends of its band, ``fast`` and ``slow``."""

    fast: float
    nominal: float
    slow: float


@dataclass(frozen=True, eq=False)
class Device:
    """A card. ``architecture``: whose machine code it runs; ``limits``: of a multiprocessor; ``clock``: Hz;
    ``bandwidth``: bytes per second at the pins, and ``efficiency``, the share of it that is had;
    ``launch_seconds``: overhead of a kernel launch; ``issue``: lanes per clock cycle and multiprocessor of
    all pipes together; ``lanes``: of each pipe; ``overlap``: how much of what is not the longest of issuing,
    waiting and moving goes on beside it; ``waits``: clock cycles until a result can be read; ``process``: nm.
    """

    name: str
    architecture: str
    multiprocessors: int
    limits: Multiprocessor
    clock: Range
    bandwidth: float
    efficiency: Range
    launch_seconds: Range
    issue: Range
    lanes: Mapping[Pipe, Range]
    overlap: Range
    waits: Mapping[Wait, Range]
    process: int


def exactly(value: float) -> Range:
    """A constant without a band."""
    return Range(value, value, value)
