"""Control flow of Turing and its successors: return addresses are in registers, and where lanes that have
parted meet again is in barriers of the warp. Source: sass-semantics section 6c.
"""

from __future__ import annotations

from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.control import target_of
from sassafras.emulator.semantics.move import s2r
from sassafras.emulator.semantics.registry import turing
from sassafras.emulator.traps import TrapKind
from sassafras.isa.opcodes.modifiers_of_turing import CALL_ADDRESS, CLEARED, COLLECTIVE, ONE_WORD
from sassafras.isa.operands import (
    RZ,
    ConvergenceBarrier,
    Immediate,
    Operand,
    Register,
    SpecialRegister,
    Target,
)
from sassafras.isa.outside import Outside
from sassafras.isa.program import Instruction


@turing("CALL")
def call(p: Ports, i: Instruction) -> None:
    """Jump: where to return to, an instruction before has put into a register. To a pair of registers,
    counted from the beginning of a function; .ABS: to an address outside the kernel (`isa.outside`).
    """
    match i.operands:
        case (Target(offset),):
            p.build.jump(offset)
        case (Register() as place, Target(function)) if i.fields[CALL_ADDRESS]:
            _jump_from(p, place, function)
        case (Register() as place,) if not i.fields[CALL_ADDRESS]:
            wanted = p.b.icmp_unsigned("==", p.pair(place), I64(Outside.ASSERT_FAIL))
            p.build.trap_if(wanted, TrapKind.ASSERTION)
            p.build.stop(TrapKind.INVALID_PC)
        case _:
            raise p.refuse("REL goes with a function to count from, ABS with none")


@turing("LEPC")
def lepc(p: Ports, i: Instruction) -> None:
    """d = the address of this instruction. Code of a kernel begins at address 0 here."""
    p.write_pair(i.operands[0], I64(i.offset))


@turing("RET")
def ret(p: Ports, i: Instruction) -> None:
    """Jump to the 64-bit pair of registers, counted from the beginning of a function."""
    place, function = i.operands
    _jump_from(p, place, target_of(p, function))


def _jump_from(p: Ports, place: Operand, function: int) -> None:
    """Jump to what a pair of registers holds, counted from an offset."""
    whole = p.b.add(p.pair(place), I64(function))
    outside = p.b.icmp_unsigned("!=", p.b.lshr(whole, I64(32)), I64(0))
    p.build.trap_if(outside, TrapKind.INVALID_PC)
    p.build.jump_to(p.b.trunc(whole, I32))


def _barrier(operand: Operand) -> int:
    assert isinstance(operand, ConvergenceBarrier)
    return operand.index


@turing("BSSY")
def bssy(p: Ports, i: Instruction) -> None:
    """The lanes at this instruction are those that BSYNC waits for."""
    p.build.part(_barrier(i.operands[0]))


@turing("BSYNC")
def meet(_p: Ports, _i: Instruction) -> None:
    """Wait for the others: nothing that one of them could tell by itself."""


@turing("WARPSYNC")
def warpsync(p: Ports, i: Instruction) -> None:
    """The same. .COLLECTIVE: what follows, up to ENDCOLLECTIVE, they do together, and then go to the target,
    which is right behind that.
    """
    if not i.fields[COLLECTIVE]:
        return
    behind = p.program.instructions[i.index + 1 :]
    end = next((one for one in behind if one.opcode == "ENDCOLLECTIVE"), None)
    *_, target = i.operands
    if end is None or target != Target(end.offset + p.program.instruction_bytes):
        raise p.refuse("what is done together does not end before its target")


@turing("ENDCOLLECTIVE")
def endcollective(_p: Ports, _i: Instruction) -> None:
    """Nothing: the next instruction is where they go on."""


@turing("BREAK")
def break_(p: Ports, i: Instruction) -> None:
    """Those at BSYNC wait for this lane no more (if the extra condition holds)."""
    *conditions, barrier = i.operands
    p.build.leave_barrier(_barrier(barrier), p.predicate(conditions[0]) if conditions else None)


@turing("BMOV")
def bmov(p: Ports, i: Instruction) -> None:
    """Clear a convergence barrier, which the first of these do before BSSY; or save it, which a function does
    that uses it itself, and bring it back; or fill it and move it on, as code for 8.7 begins.
    """
    d, source = i.operands
    match d, source:
        case ConvergenceBarrier(barrier), Register(register):
            p.build.restore_barrier(barrier, p.register(register))
        case ConvergenceBarrier(barrier), Immediate(mask):
            p.build.fill_barrier(barrier, mask)
        case _ if not i.fields[CLEARED]:
            raise p.refuse("a convergence barrier that is read and not cleared has no known meaning")
        case ConvergenceBarrier(barrier), ConvergenceBarrier(other):
            p.build.move_barrier(barrier, other)
        case Register(register), ConvergenceBarrier(barrier) if register == RZ:
            p.build.leave_barrier(barrier, None)
        case _, ConvergenceBarrier(barrier):
            p.write(d, p.build.save_barrier(barrier))


@turing("CS2R")
def cs2r(p: Ports, i: Instruction) -> None:
    """Read a special register, 64 bits of it, or one word with .32."""
    d, special = i.operands
    if i.fields[ONE_WORD]:
        s2r(p, i)
        return
    if special != SpecialRegister("SRZ"):
        raise p.refuse("a clock of 64 bits is not emulated yet")
    p.write_pair(d, I64(0))
