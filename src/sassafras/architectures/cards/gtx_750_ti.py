"""The card of the paper (GM107, compute capability 5.0)."""

from __future__ import annotations

from sassafras.architectures.device import Device, Range, Wait, exactly
from sassafras.architectures.sm_50 import ARCHITECTURE
from sassafras.isa.kinds import Pipe

CARD = Device(
    name="GTX 750 Ti",
    architecture=ARCHITECTURE.name,
    # Five multiprocessors, 1020 MHz base and 1085 MHz boost clock, 86.4 GB/s: NVIDIA, GeForce GTX 750 Ti
    # Whitepaper (2014).
    multiprocessors=5,
    limits=ARCHITECTURE.limits(),
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
        Pipe.FULL: exactly(128),  # float add, multiply, fma; integer add; logic; XMAD and moves: class x32
        Pipe.HALF: exactly(64),  # shift, bit field, compare, minimum, maximum
        Pipe.QUARTER: exactly(32),  # reciprocal, exp2 and the like; conversions; leading zeros
        Pipe.DOUBLE: exactly(4),
        # Load/store units of a multiprocessor (whitepaper); half of it where accesses are replayed (an
        # assumption for bank conflicts and accesses that do not coalesce).
        Pipe.MEMORY: Range(32, 32, 16),
        Pipe.BARRIER: exactly(64),  # __syncthreads: the same guide, section on synchronisation
    },
    overlap=Range(1.0, 1.0, 0.5),  # an assumption: all of it, as a roofline has it; half of it
    # Arafa et al. 2019, table of Maxwell, and maxas, MaxAsGrammar.pm ("lat", "blat"): docs/cost-model.md.
    waits={
        Wait.ARITHMETIC: exactly(6),
        Wait.PREDICATE: Range(6, 13, 13),
        Wait.QUARTER: Range(6, 15, 25),
        Wait.DOUBLE: exactly(48),
        Wait.SHARED: Range(23, 24, 30),
        Wait.CONSTANT: Range(20, 20, 30),
        Wait.GLOBAL: Range(225, 302, 379),  # found in the second cache; half of them; fetched from memory
    },
    process=28,  # GM107 is made in TSMC's 28 nm process (whitepaper)
)
