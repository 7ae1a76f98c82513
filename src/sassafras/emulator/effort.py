"""How much LLVM does to a build: as much as its runs are worth."""

from __future__ import annotations

from sassafras.emulator.vector.choice import can_be_wide, is_large
from sassafras.isa.kinds import Flow
from sassafras.isa.program import Program
from sassafras.native import Passes


def effort(kind: str, program: Program) -> tuple[int, Passes]:
    """Level of the code generator, and passes before it, for a build of a kind (`Machine`)."""
    if kind.startswith("armed"):  # registers stay in memory: there is little to be gained
        return 1, Passes.BRIEFEST if is_large(program) else Passes.ALL
    if sum(instruction.flow is Flow.COMPUTED_JUMP for instruction in program.instructions) > 1:
        return 0, Passes.ALL  # minutes for several jumps through tables (activate_array in copies)
    if kind == "profile" and can_be_wide(program):  # what is run so is small
        return 1, Passes.BRIEFEST
    return 2, Passes.ALL


def wide_effort(program: Program, *, profiling: bool) -> tuple[int, Passes]:
    """The same for a wide build. One that counts keeps lanes' registers in memory: of so much code LLVM finds
    no room for them anyway, and what is run once per input takes less time than compiling it better (of nine
    hardened kernels of AlexNet: 15 s and 11 s, instead of 28 s and 8 s).
    """
    if is_large(program):
        return 2, Passes.BRIEFEST
    return (0, Passes.BRIEFEST) if profiling else (2, Passes.BRIEF)
