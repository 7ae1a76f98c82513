"""The card whose time is modelled: what it can do per clock cycle, with sources (docs/cost-model.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sassafras.isa.kinds import Pipe, Space
from sassafras.isa.program import Instruction
from sassafras.kernels.occupancy import Multiprocessor, multiprocessor

WARP = 32


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
    """A card. ``limits``: of a multiprocessor; ``clock``: Hz; ``bandwidth``: bytes per second at the pins,
    and ``efficiency``, the share of it that is had; ``launch_seconds``: overhead of a kernel launch;
    ``issue``: lanes per clock cycle and multiprocessor of all pipes together; ``lanes``: of each pipe;
    ``overlap``: how much of what is not the longest of issuing, waiting and moving goes on beside it;
    ``waits``: clock cycles until a result can be read; ``process``: nm.
    """

    name: str
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


def _exactly(value: float) -> Range:
    return Range(value, value, value)


GTX_750_TI = Device(
    name="GTX 750 Ti",
    # Five multiprocessors, 1020 MHz base and 1085 MHz boost clock, 86.4 GB/s: NVIDIA, GeForce GTX 750 Ti
    # Whitepaper (2014).
    multiprocessors=5,
    limits=multiprocessor("sm_50"),
    clock=Range(1.085e9, 1.02e9, 1.02e9),
    bandwidth=86.4e9,
    efficiency=Range(1.0, 0.8, 0.7),  # an assumption: what streaming kernels get of the pins' bandwidth
    # 4 to 6 us are reported for one launch at a time; launches of one stream follow each other sooner.
    launch_seconds=Range(2e-6, 4e-6, 6e-6),
    # Four schedulers with 32 lanes each. Dual issue sends a memory instruction beside an arithmetic one: at
    # most as many lanes more as there are load/store units.
    issue=Range(160, 128, 128),
    # CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions", compute capability 5.0.
    lanes={
        Pipe.FULL: _exactly(128),  # float add, multiply, fma; integer add; logic; XMAD and moves: class x32
        Pipe.HALF: _exactly(64),  # shift, bit field, compare, minimum, maximum
        Pipe.QUARTER: _exactly(32),  # reciprocal, exp2 and the like; conversions; leading zeros
        Pipe.DOUBLE: _exactly(4),
        # Load/store units of a multiprocessor (whitepaper); half of it where accesses are replayed (an
        # assumption for bank conflicts and accesses that do not coalesce).
        Pipe.MEMORY: Range(32, 32, 16),
        Pipe.BARRIER: _exactly(64),  # __syncthreads: the same guide, section on synchronisation
    },
    overlap=Range(1.0, 1.0, 0.5),  # an assumption: all of it, as a roofline has it; half of it
    # Arafa et al. 2019, table of Maxwell, and maxas, MaxAsGrammar.pm ("lat", "blat"): docs/cost-model.md.
    waits={
        Wait.ARITHMETIC: _exactly(6),
        Wait.PREDICATE: Range(6, 13, 13),
        Wait.QUARTER: Range(6, 15, 25),
        Wait.DOUBLE: _exactly(48),
        Wait.SHARED: Range(23, 24, 30),
        Wait.CONSTANT: Range(20, 20, 30),
        Wait.GLOBAL: Range(225, 302, 379),  # found in the second cache; half of them; fetched from memory
    },
    process=28,  # GM107 is made in TSMC's 28 nm process (whitepaper)
)

_DEVICES: Mapping[str, Device] = {"sm_50": GTX_750_TI}


def device_of(arch: str) -> Device | None:
    """The card that stands for an architecture, None where none is modelled."""
    return _DEVICES.get(arch)


_WAIT_OF = {
    Pipe.FULL: Wait.ARITHMETIC,
    Pipe.HALF: Wait.ARITHMETIC,
    Pipe.QUARTER: Wait.QUARTER,
    Pipe.DOUBLE: Wait.DOUBLE,
    Pipe.MEMORY: Wait.GLOBAL,
    Pipe.BARRIER: Wait.ARITHMETIC,
    Pipe.ISSUE: Wait.ARITHMETIC,
}
_NEAR = {Space.SHARED: Wait.SHARED, Space.CONSTANT: Wait.CONSTANT}


def wait_of(instruction: Instruction) -> Wait:
    """How long the results of an instruction take. Local memory lies in global memory."""
    pipe, access = instruction.pipe, instruction.access
    if access is not None:
        return _NEAR.get(access.space, Wait.GLOBAL)
    if pipe is Pipe.HALF and instruction.effects.predicates_written:
        return Wait.PREDICATE
    return _WAIT_OF[pipe]
