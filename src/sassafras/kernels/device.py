"""The card whose time is modelled: what it can do per clock cycle, with sources (docs/cost-model.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sassafras.isa.program import Instruction

WARP = 32


class Pipe(Enum):
    """Classes of instructions that share a throughput."""

    FULL = "full rate"
    HALF = "half rate"
    QUARTER = "quarter rate"
    DOUBLE = "double precision"
    MEMORY = "load and store"
    BARRIER = "barrier"
    ISSUE = "issue only"


@dataclass(frozen=True)
class Device:
    """A card. ``lanes``: results per clock cycle and multiprocessor of each pipe, and ``issue`` of all
    together; ``clock``: Hz; ``bandwidth``: bytes per second; ``launch_seconds``: overhead of a kernel launch;
    ``process``: nm.
    """

    name: str
    multiprocessors: int
    clock: float
    bandwidth: float
    launch_seconds: float
    issue: int
    lanes: Mapping[Pipe, int]
    process: int


GTX_750_TI = Device(
    name="GTX 750 Ti",
    # Five multiprocessors, base clock 1020 MHz, 86.4 GB/s: NVIDIA, GeForce GTX 750 Ti Whitepaper (2014).
    multiprocessors=5,
    clock=1.02e9,
    bandwidth=86.4e9,
    # 4 to 6 us are reported for one launch at a time; launches of one stream follow each other sooner.
    launch_seconds=4e-6,
    # Four schedulers with 32 lanes each; dual issue (of one memory or control instruction) is left out.
    issue=128,
    # CUDA C++ Programming Guide, "Throughput of Native Arithmetic Instructions", compute capability 5.0.
    lanes={
        Pipe.FULL: 128,  # float add, multiply, fma; integer add; logic; XMAD and moves: maxas, class x32
        Pipe.HALF: 64,  # shift, bit field, compare, minimum, maximum
        Pipe.QUARTER: 32,  # reciprocal, exp2 and the like; conversions; count of leading zeros
        Pipe.DOUBLE: 4,
        Pipe.MEMORY: 32,  # load/store units of a multiprocessor (whitepaper)
        Pipe.BARRIER: 64,  # __syncthreads: the same guide, section on synchronisation
    },
    process=28,  # GM107 is made in TSMC's 28 nm process (whitepaper)
)

_DEVICES: Mapping[str, Device] = {"sm_50": GTX_750_TI}


def device_of(arch: str) -> Device | None:
    """The card that stands for an architecture, None where none is modelled."""
    return _DEVICES.get(arch)


_OPCODES: Mapping[Pipe, str] = {
    Pipe.FULL: "FADD FADD32I FMUL FMUL32I FFMA FFMA32I FCHK RRO IADD IADD32I IADD3 LOP LOP32I LOP3 XMAD MOV "
    "MOV32I SEL PRMT",
    Pipe.HALF: "SHL SHR SHF BFE BFI ISCADD ISCADD32I LEA IMNMX FMNMX ISET ISETP ICMP FSET FSETP FCMP PSET "
    "PSETP CSETP R2P",
    Pipe.QUARTER: "MUFU F2F F2I I2F I2I FLO POPC S2R",
    Pipe.DOUBLE: "DADD DMUL DFMA DSETP DSET DMNMX",
    Pipe.MEMORY: "LDG STG LDL STL LDS STS LDC RED ATOM",
    Pipe.BARRIER: "BAR",
    Pipe.ISSUE: "BRA BRX SSY SYNC PBK BRK CAL RET EXIT NOP DEPBAR MEMBAR",
}
_PIPE_OF = {opcode: pipe for pipe, names in _OPCODES.items() for opcode in names.split()}


def pipe_of(instruction: Instruction) -> Pipe:
    """The pipe of an instruction. A conversion from or to 64 bits runs at the rate of double precision; an
    opcode that is not listed is taken for one of full rate.
    """
    pipe = _PIPE_OF.get(instruction.opcode, Pipe.FULL)
    wide = any("64" in modifier for modifier in instruction.modifiers)
    return Pipe.DOUBLE if pipe is Pipe.QUARTER and wide and instruction.opcode != "MUFU" else pipe
