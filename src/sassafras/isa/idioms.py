"""What compilers make of integer division: an approximate reciprocal that is made up for.

    I2F.RP a; MUFU.RCP b, a; IADD32I c, b, 0xffffffe; F2I.U32.TRUNC d, c; ...

The sum makes the reciprocal too small by a little and larger by 2^32, and what follows corrects the quotient:
it is exact for every reciprocal within the documented error (compiled divisions give the same quotients with
other models of MUFU).
"""

from __future__ import annotations

from sassafras.isa.liveness import live_registers
from sassafras.isa.opcodes.fidelity import Degree, Fidelity, border
from sassafras.isa.opcodes.modifiers import SPECIAL_FUNCTION, SpecialFunction
from sassafras.isa.operands import Immediate
from sassafras.isa.program import Instruction, Program, of_program

_STEP = Immediate(0xFFFFFFE)
IN_DIVISION = border(
    "the last bits of an intermediate value; the quotient is exact",
    "compiled divisions with other reciprocals",
)


def fidelity_in(program: Program, instruction: Instruction) -> Fidelity:
    """Of an instruction where it stands."""
    return IN_DIVISION if instruction.index in division_seeds(program) else instruction.fidelity


@of_program
def division_seeds(program: Program) -> frozenset[int]:
    """The reciprocals of integer divisions: nobody reads them but the sum."""
    chosen = (i for i in program.instructions if i.fidelity.degree is Degree.MODELLED)
    return frozenset(
        i.index
        for i in chosen
        if i.fields.get(SPECIAL_FUNCTION) is SpecialFunction.RECIPROCAL and _only_summed(program, i)
    )


def _only_summed(program: Program, seed: Instruction) -> bool:
    """Whether all that reads a result, up to the end of its basic block, is that sum."""
    (register,) = seed.effects.registers_written or (None,)
    summed = False
    for instruction in program.instructions[seed.index + 1 :]:
        if register in instruction.effects.registers_read:
            if _STEP not in instruction.operands:
                return False
            summed = True
        if register in instruction.effects.registers_written and not instruction.is_guarded:
            return summed
        if instruction.flow.ends_block:
            following = live_registers(program)[instruction.index]
            return summed and register not in following
    return summed
