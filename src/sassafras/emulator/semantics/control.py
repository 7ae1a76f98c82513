"""Control flow. Per thread, SSY/SYNC, PBK/BRK and CAL/RET are one stack of code addresses."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import I32, Ports
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.semantics.warp import named_barrier
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import StackKind
from sassafras.isa.opcodes.modifiers_of_turing import GATHERED
from sassafras.isa.operands import Immediate, Operand, Register, Target, UniformRegister
from sassafras.isa.outside import Outside
from sassafras.isa.program import Instruction


def target_of(p: Ports, operand: Operand) -> int:
    """The offset of a code address."""
    if not isinstance(operand, Target):
        raise p.refuse("the target is no code address")
    return operand.offset


def _stack_of(i: Instruction) -> StackKind:
    kind = i.record.stack
    assert kind is not None, "the record of what pushes or pops says what"
    return kind


@turing("BRA")
@maxwell("BRA")
def bra(p: Ports, i: Instruction) -> None:
    """Jump (if the extra condition holds; .DIV: if the lanes at this instruction are others than a mask says,
    and where none is printed always, which takes the longer of two ways to the same; .CONV: if they are just
    those of the mask).
    """
    *conditions, target = i.operands
    if i.cross_lane:
        p.build.give(lambda: I32(0))
        if i.fields[GATHERED] and not conditions:
            raise p.refuse("a jump of the lanes that are together needs their mask")
        if conditions:
            active, _ = p.build.votes()
            relation = "==" if i.fields[GATHERED] else "!="
            together = p.b.icmp_unsigned(relation, active, p.integer(conditions[0]))
            p.build.jump_if(together, target_of(p, target))
            return
        p.build.jump(target_of(p, target))
    elif conditions:
        p.build.jump_if(p.condition(conditions[0]), target_of(p, target))
    else:
        p.build.jump(target_of(p, target))


@turing("BRX", "BRXU")
@maxwell("BRX")
def brx(p: Ports, i: Instruction) -> None:
    """Jump to register + immediate + address of the next instruction."""
    base, displacement = i.operands
    assert isinstance(base, Register | UniformRegister) and isinstance(displacement, Immediate)
    following = i.offset + p.program.instruction_bytes
    p.build.jump_to(p.b.add(p.raw(base), I32((displacement.bits + following) & 0xFFFFFFFF)))


@maxwell("JMX")
def jmx(p: Ports, i: Instruction) -> None:
    """Go to an absolute code address. Nothing compiled goes anywhere but to a function outside the kernel,
    behind PRET (inferred: of such functions there is ``__assertfail``, which stops the grid).
    """
    (base,) = i.operands
    assert isinstance(base, Register)
    p.build.trap_if(
        p.b.icmp_unsigned("==", p.register(base.index), I32(Outside.ASSERT_FAIL)), TrapKind.ASSERTION
    )
    p.build.stop(TrapKind.INVALID_PC)


@turing("BPT")
@maxwell("BPT")
def bpt(p: Ports, _i: Instruction) -> None:
    """Breakpoint or ``__trap()``: the grid ends with an error."""
    p.build.stop(TrapKind.TRAP)


@maxwell("SSY", "PBK", "PRET")
def push(p: Ports, i: Instruction) -> None:
    """Push a code address: where threads meet again (SSY), where a loop is left to (PBK), where the jump that
    follows and calls a function returns to (PRET).
    """
    p.build.push(_stack_of(i), target_of(p, i.operands[-1]))


@maxwell("SYNC")
def sync(p: Ports, i: Instruction) -> None:
    """Pop the SSY entry and go there (if the extra condition holds)."""
    p.build.pop_and_jump(_stack_of(i), unwind=False, condition=_condition(p, i))


@maxwell("BRK")
def brk(p: Ports, i: Instruction) -> None:
    """Pop down to the PBK entry and go there (if the extra condition holds)."""
    p.build.pop_and_jump(_stack_of(i), unwind=True, condition=_condition(p, i))


@maxwell("CAL")
def cal(p: Ports, i: Instruction) -> None:
    """Push the address of the following instruction and jump."""
    if i.index + 1 == len(p.program.instructions):
        raise p.refuse("nothing follows the call")
    following = p.program.instructions[i.index + 1].offset
    p.build.push(_stack_of(i), following)
    p.build.jump(target_of(p, i.operands[-1]))


@maxwell("RET")
def ret(p: Ports, i: Instruction) -> None:
    """Pop the entry of CAL or PRET and go there (if the extra condition holds)."""
    p.build.pop_and_jump(_stack_of(i), unwind=False, condition=_condition(p, i))


def _condition(p: Ports, i: Instruction) -> ir.Value | None:
    return p.condition(i.operands[0]) if i.operands else None


@turing("EXIT")
@maxwell("EXIT")
def exit_(p: Ports, i: Instruction) -> None:
    """End the thread (if the extra condition holds)."""
    p.build.exit(_condition(p, i))


@turing("BAR")
@maxwell("BAR")
def bar(p: Ports, i: Instruction) -> None:
    """Wait for all threads of the block that have not ended, or at a barrier with a number."""
    if i.cross_lane:
        named_barrier(p, i)
    else:
        p.build.barrier()


@turing("NOP", "YIELD", "NANOSLEEP", "MEMBAR", "ERRBAR", "DEPBAR", "LDGDEPBAR", "CCTL")
@maxwell("NOP", "DEPBAR", "MEMBAR", "CCTL")
def nothing(_p: Ports, _i: Instruction) -> None:
    """No effect on what a thread computes: scheduling, ordering and caching only."""
