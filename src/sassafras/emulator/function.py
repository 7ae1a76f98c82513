"""The compiled form of one thread of a kernel: what the builds share.
 ``thread(state, context) -> status`` runs a thread from ``state.pc`` until it ends, waits, traps or reaches
its limit. The builds differ in where registers live and in what happens around each instruction.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from llvmlite import ir

import sassafras.emulator.semantics  # noqa: F401  (registers every opcode)
from sassafras.building import POINTER
from sassafras.emulator.checked_memory import CheckedMemory
from sassafras.emulator.layout import CONTEXT, STACK_ENTRIES, STATE, Status, offset_of
from sassafras.emulator.no_lanes import NoLanes
from sassafras.emulator.ports import I1, I32, I64, Ports
from sassafras.emulator.semantics.registry import Semantics, meaning
from sassafras.emulator.storage import Storage, state_pointer
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Flow, StackKind
from sassafras.isa.opcodes.maxwell_memory import CLOCKS
from sassafras.isa.program import Instruction, Program
from sassafras.isa.refusals import FormsRefused, Refusal

_SPECIALS = {
    "SR_TID.X": ("tid", 0), "SR_TID.Y": ("tid", 4), "SR_TID.Z": ("tid", 8),
    "SR_CTAID.X": ("ctaid", 0), "SR_CTAID.Y": ("ctaid", 4), "SR_CTAID.Z": ("ctaid", 8),
    "SR_LANEID": ("lane", 0),
}  # fmt: skip
FIXED = {"SR_CgaCtaId": I32(0)}  #: a block's number in its cluster; there are no clusters
_LANE_MASKS = {  # f and d of (f << lane) + d
    "SR_EQMASK": (1, 0), "SR_LTMASK": (1, -1), "SR_LEMASK": (2, -1),
    "SR_GTMASK": (-2, 0), "SR_GEMASK": (-1, 0),
}  # fmt: skip


class ThreadFunction(NoLanes, CheckedMemory):
    """Emits ``thread`` for a program. Implements the ``Build`` that the ports speak to."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.module = ir.Module(name=program.name)
        signature = ir.FunctionType(I32, [POINTER, POINTER])
        self.function = ir.Function(self.module, signature, "thread")
        self.function.linkage = "internal"
        self.state, self.context = self.function.args
        for argument in self.function.args:
            argument.add_attribute("noalias")
        self.b = self.make_builder(self.function.append_basic_block("entry"))
        self._invariant = self.module.add_metadata([])
        self._constant0 = self._context_value("constant0", POINTER)
        self._specials = self.make_specials()
        self._blocks = {index: self.function.append_basic_block(f"i{index}") for index in self.leaders()}
        self._next: ir.Block = self.b.block
        self.ports = self.make_ports(self.make_storage())

    # what a build decides --------------------------------------------------------------------------------

    @abstractmethod
    def leaders(self) -> list[int]:
        """Indexes of the instructions that get a block of their own (where jumps may go)."""

    def make_builder(self, block: ir.Block) -> ir.IRBuilder:
        """What writes the code."""
        return ir.IRBuilder(block)

    def make_specials(self) -> dict[str, ir.Value]:
        """The special registers that are modelled."""
        return {name: self._state_value(f, I32, more) for name, (f, more) in _SPECIALS.items()} | FIXED

    def make_ports(self, storage: Storage) -> Ports:
        """What semantic functions speak to."""
        return Ports(self.program, self.b, storage, self)

    @abstractmethod
    def make_storage(self) -> Storage:
        """Where registers live."""

    @abstractmethod
    def enter(self) -> None:
        """End the entry block: go to where the thread stands."""

    def arrive_at(self, instruction: Instruction) -> None:
        """Before anything of an instruction, its guard included: here, nothing."""
        del instruction

    @abstractmethod
    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """Around each instruction: counting, stopping, tracing."""

    @abstractmethod
    def issued(self) -> ir.Value:
        """Instructions that the thread has issued before the one at hand (i64)."""

    @abstractmethod
    def executed(self, instruction: Instruction) -> None:
        """At the start of the body of a guarded instruction."""

    @abstractmethod
    def leave(self, status: int, *, pc: int) -> None:
        """Return with a status; the thread stands at instruction ``pc``."""

    # the whole function ----------------------------------------------------------------------------------

    def emit(self) -> ir.Module:
        """Emit every instruction. Raises ListingError for all that have no meaning."""
        self.enter()
        refused: list[Refusal] = []
        for instruction in self.program.instructions:
            try:
                self._emit_instruction(instruction)
            except FormsRefused as refusal:
                refused.extend(refusal.refusals)
        if refused:
            raise self.ports.refuse_all(refused)
        self.b.position_at_end(self._next)
        if not self._next.is_terminated:
            self.leave(TrapKind.INVALID_PC, pc=len(self.program.instructions) - 1)
        return self.module

    def meaning_of(self, instruction: Instruction) -> Semantics | None:
        """The function that emits an instruction, None if it has none."""
        return meaning(self.ports.program.architecture.family, instruction.opcode)

    def _emit_instruction(self, instruction: Instruction) -> None:
        index = instruction.index
        block = self._blocks.get(index, self._next)
        self.b.position_at_end(block)
        following = self._blocks.get(index + 1)
        self._next = following if following is not None else self.function.append_basic_block(f"n{index + 1}")
        self.ports.at = instruction
        self.arrive_at(instruction)
        function = self.meaning_of(instruction)
        if function is None:
            raise self.ports.refuse(f"opcode {instruction.opcode} has no meaning yet")
        guard = I1(1) if instruction.guard is None else self.ports.predicate(instruction.guard)
        self.before(instruction, guard)
        if instruction.guard is not None:
            body = self.function.append_basic_block(f"b{index}")
            self.b.cbranch(guard, body, self._next)
            self.b.position_at_end(body)
            self.executed(instruction)
        function(self.ports, instruction)
        if not self.b.block.is_terminated:
            self.b.branch(self._next)

    # values of state and context -------------------------------------------------------------------------

    def _context_value(self, field: str, kind: Any) -> ir.Value:
        value = self.b.load(state_pointer(self.b, self.context, offset_of(CONTEXT, field)), typ=kind)
        value.set_metadata("invariant.load", self._invariant)
        return value

    def state_field(self, field: str, more: int = 0) -> ir.Value:
        """Pointer to a field of the state."""
        return state_pointer(self.b, self.state, offset_of(STATE, field) + more)

    def _state_value(self, field: str, kind: Any, more: int = 0) -> ir.Value:
        return self.b.load(self.state_field(field, more), typ=kind)

    # Build: memory ---------------------------------------------------------------------------------------

    def trap_if(self, condition: ir.Value, kind: TrapKind) -> None:
        """Stop with a trap when the condition holds."""
        trapped = self.function.append_basic_block("trap")
        onward = self.function.append_basic_block("ok")
        self.b.cbranch(condition, trapped, onward)
        self.b.position_at_end(trapped)
        self.leave(kind, pc=self.ports.at.index)
        self.b.position_at_end(onward)

    def special(self, name: str) -> ir.Value | None:
        """Thread and block coordinates; the lane, and masks of lanes beside it; clocks; places on a device of
        one multiprocessor, number 0, on which a warp has its number in the block (modelled).
        """
        if name in _LANE_MASKS:
            factor, added = _LANE_MASKS[name]
            return self.b.add(self.b.shl(I32(factor), self._specials["SR_LANEID"]), I32(added))
        if name in CLOCKS:
            return self.b.trunc(self.b.lshr(self.issued(), I64(32 if name.endswith("HI") else 0)), I32)
        match name:
            case "SR_VIRTID":  # warp in bits 8 to 13, multiprocessor from bit 20 on
                return self.b.shl(self.b.lshr(self._state_value("thread", I32), I32(5)), I32(8))
            case "SR_VIRTCFG":  # multiprocessors from bit 20 on
                return I32(1 << 20)
            case "SR_SMEMSZ":
                return self.b.trunc(self._context_value("shared_bytes", I64), I32)
        return self._specials.get(name)

    # Build: control --------------------------------------------------------------------------------------

    def _block_at(self, offset: int) -> ir.Block:
        index = self.program.index_of_offset.get(offset)
        if index is None:
            raise self.ports.refuse(f"{offset:#x} is no instruction")
        return self._blocks[index]

    def jump(self, offset: int) -> None:
        """Go to an instruction."""
        self.b.branch(self._block_at(offset))

    def jump_if(self, condition: ir.Value, offset: int) -> None:
        """Go there or on."""
        self.b.cbranch(condition, self._block_at(offset), self._next)

    def jump_to(self, offset: ir.Value) -> None:
        """Go to a computed byte offset."""
        wrong = self.function.append_basic_block("wild")
        table = self.b.switch(offset, wrong)
        for known, index in self.program.index_of_offset.items():
            if index in self._blocks:
                table.add_case(I32(known), self._blocks[index])
        self.b.position_at_end(wrong)
        self.leave(TrapKind.INVALID_PC, pc=self.ports.at.index)

    def _stack_slot(self, depth: ir.Value) -> ir.Value:
        start = self.state_field("stack")
        return self.b.gep(start, [depth], source_etype=I32)

    def push(self, kind: StackKind, offset: int) -> None:
        """Push kind and instruction index."""
        index = self.program.index_of_offset.get(offset)
        if index is None:
            raise self.ports.refuse(f"{offset:#x} is no instruction")
        depth = self._state_value("depth", I32)
        self.trap_if(self.b.icmp_unsigned(">=", depth, I32(STACK_ENTRIES)), TrapKind.STACK_ERROR)
        self.b.store(I32(int(kind) << 28 | index), self._stack_slot(depth))
        self.b.store(self.b.add(depth, I32(1)), self.state_field("depth"))

    def stop(self, kind: TrapKind) -> None:
        """Return with a trap."""
        self.leave(kind, pc=self.ports.at.index)

    def pop_and_jump(self, kind: StackKind, *, unwind: bool, condition: ir.Value | None = None) -> None:
        """Pop (through entries of other kinds if unwinding) and go there."""
        loop = self.function.append_basic_block("pop")
        if condition is None:
            self.b.branch(loop)
        else:
            self.b.cbranch(condition, loop, self._next)
        self.b.position_at_end(loop)
        depth = self._state_value("depth", I32)
        self.trap_if(self.b.icmp_signed("<=", depth, I32(0)), TrapKind.STACK_ERROR)
        top = self.b.sub(depth, I32(1))
        self.b.store(top, self.state_field("depth"))
        entry = self.b.load(self._stack_slot(top), typ=I32)
        other = self.b.icmp_unsigned("!=", self.b.lshr(entry, I32(28)), I32(int(kind)))
        if unwind:
            found = self.function.append_basic_block("found")
            self.b.cbranch(other, loop, found)
            self.b.position_at_end(found)
        else:
            self.trap_if(other, TrapKind.STACK_ERROR)
        self._dispatch(self.b.and_(entry, I32(0x0FFFFFFF)), self._pushed(kind))

    def _pushed(self, kind: StackKind) -> list[int]:
        """Instruction indexes that entries of this kind can hold."""
        targets = set()
        for i in self.program.instructions:
            if i.record.stack is not kind or i.flow not in (Flow.PUSH, Flow.CALL):
                continue
            target = i.index + 1 if i.flow is Flow.CALL else self.program.index_of_offset.get(_offset(i))
            if target is not None:
                targets.add(target)
        return sorted(targets)

    def _dispatch(self, index: ir.Value, targets: list[int]) -> None:
        wrong = self.function.append_basic_block("wild")
        table = self.b.switch(index, wrong)
        for target in targets:
            table.add_case(I32(target), self._blocks[target])
        self.b.position_at_end(wrong)
        self.leave(TrapKind.STACK_ERROR, pc=self.ports.at.index)

    def exit(self, condition: ir.Value | None) -> None:
        """End the thread."""
        if condition is not None:
            leaving = self.function.append_basic_block("exit")
            self.b.cbranch(condition, leaving, self._next)
            self.b.position_at_end(leaving)
        self.leave(Status.EXITED, pc=self.ports.at.index)

    def barrier(self) -> None:
        """Return, to be resumed behind the barrier."""
        if self.ports.at.index + 1 == len(self.program.instructions):
            raise self.ports.refuse("nothing follows the barrier")
        self.leave(Status.BARRIER, pc=self.ports.at.index + 1)


def _offset(instruction: Instruction) -> int:
    return int(getattr(instruction.operands[-1], "offset", -1))
