"""The plain build: whole launches, fast. Registers are local; the thread stops only at barriers, at its end
or in a trap.
 The watchdog counts whole basic blocks. With ``profiling`` every block and every guarded instruction also
counts itself in the thread's row of counters.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from llvmlite import ir

from sassafras.emulator.function import POINTER, ThreadFunction
from sassafras.emulator.layout import Status
from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.registry import Semantics
from sassafras.emulator.storage import LocalStorage, Storage
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Flow
from sassafras.isa.liveness import live_registers
from sassafras.isa.locations import File, Location
from sassafras.isa.operands import RZ, Target
from sassafras.isa.program import Instruction, Program
from sassafras.isa.slicing import Slice


def has_barrier(program: Program) -> bool:
    """Whether threads of a block can wait for each other."""
    return any(i.flow is Flow.BARRIER for i in program.instructions)


def basic_blocks(program: Program) -> dict[int, int]:
    """First instruction -> number of instructions, for every basic block.

    A program with computed jumps (BRX) gets a block per instruction, since a jump may then go anywhere.
    """
    count = len(program.instructions)
    starts = {0}
    if any(i.flow is Flow.COMPUTED_JUMP for i in program.instructions):
        starts = set(range(count))
    for i in program.instructions:
        offsets = [o.offset for o in i.operands if isinstance(o, Target)]
        starts.update(t for o in offsets if (t := program.index_of_offset.get(o)) is not None)
        if i.flow.ends_block and i.index + 1 < count:
            starts.add(i.index + 1)
    ordered = sorted(starts)
    return {a: b - a for a, b in zip(ordered, [*ordered[1:], count], strict=True)}


def used_registers(instructions: Iterable[Instruction]) -> set[int]:
    """Registers that the instructions name."""
    used: set[int] = set()
    for i in instructions:
        used.update(i.effects.registers_read, i.effects.registers_written)
    return used - {RZ}


class PlainFunction(ThreadFunction):
    """The plain or profiling form of a thread."""

    def __init__(self, program: Program, *, profiling: bool = False) -> None:
        self._sizes = basic_blocks(program)
        self._barrier = has_barrier(program)
        guarded = [i.index for i in program.instructions if i.guard is not None]
        self._counter_of_block = {start: k for k, start in enumerate(self._sizes)}
        self._counter_of_guarded = {index: len(self._sizes) + k for k, index in enumerate(guarded)}
        self._profiling = profiling
        super().__init__(program)

    @property
    def needed(self) -> Sequence[Instruction]:
        """The instructions that this form carries out."""
        return self.program.instructions

    @property
    def kept(self) -> Container[Location] | None:
        """What a thread that waits at a barrier has to remember, None for everything."""
        live = live_registers(self.program)
        starts = [0, *(i.index + 1 for i in self.program.instructions if i.flow is Flow.BARRIER)]
        kept: set[Location] = {Location(File.REGISTERS, r) for index in starts for r in live[index]}
        return kept | {Location(File.PREDICATES, p) for p in range(7)} | {Location(File.CODES, 0)}

    def leaders(self) -> list[int]:
        """Starts of basic blocks."""
        return list(self._sizes)

    def make_storage(self) -> Storage:
        """Local slots."""
        self._count = self.b.alloca(I64, name="count")
        self._limit = self._state_value("limit", I64)
        self._counters = self._state_value("counters", POINTER)
        self._local = LocalStorage(self.b, self.state, used_registers(self.needed), self.kept)
        return self._local

    def enter(self) -> None:
        """A kernel without barriers starts at its first instruction; others go on where they stand."""
        if not self._barrier:
            self._local.clear(self.b)
            self.b.store(I64(0), self._count)
            self.b.branch(self._blocks[0])
            return
        self._local.fill(self.b)
        self.b.store(self._state_value("count", I64), self._count)
        points = [0] + [i.index + 1 for i in self.program.instructions if i.flow is Flow.BARRIER]
        wrong = self.function.append_basic_block("nowhere")
        table = self.b.switch(self._state_value("pc", I32), wrong)
        for index in points:
            table.add_case(I32(index), self._blocks[index])
        self.b.position_at_end(wrong)
        self.b.ret(I32(TrapKind.INVALID_PC))

    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """Count the basic block at its start."""
        size = self._sizes.get(instruction.index)
        if size is None:
            return
        count = self.b.add(self.b.load(self._count, typ=I64), I64(size))
        self.b.store(count, self._count)
        if self._profiling:
            self._bump(self._counter_of_block[instruction.index])
        self.trap_if(self.b.icmp_signed(">", count, self._limit), TrapKind.HANG)

    def executed(self, instruction: Instruction) -> None:
        """Count a guarded instruction whose guard held."""
        if self._profiling:
            self._bump(self._counter_of_guarded[instruction.index])

    def _bump(self, counter: int) -> None:
        slot = self.b.gep(self._counters, [I32(counter)], source_etype=I32)
        self.b.store(self.b.add(self.b.load(slot, typ=I32), I32(1)), slot)

    def leave(self, status: int, *, pc: int) -> None:
        """Return; at a barrier the registers go back to the state."""
        if status == Status.BARRIER:
            self._local.spill(self.b)
        self.b.store(self.b.load(self._count, typ=I64), self.state_field("count"))
        if status != Status.EXITED:
            self.b.store(I32(pc), self.state_field("pc"))
        self.b.ret(I32(int(status)))

    def logged(self, pointer: ir.Value, offset: ir.Value, nbytes: int, *, store: bool, shared: bool) -> None:
        """Nothing is logged."""

    # reading the counters --------------------------------------------------------------------------------

    @property
    def counters(self) -> int:
        """Counters in a thread's row."""
        return len(self._sizes) + len(self._counter_of_guarded)

    @property
    def counted(self) -> list[int]:
        """For each counter the instruction that it counts."""
        return [*self._counter_of_block, *self._counter_of_guarded]

    def counter_map(self) -> tuple[list[int], list[int]]:
        """For each instruction: the counter of how often it was issued, and of how often it was executed."""
        issued, current = [], 0
        for i in self.program.instructions:
            current = self._counter_of_block.get(i.index, current)
            issued.append(current)
        executed = [self._counter_of_guarded.get(k, issued[k]) for k in range(len(issued))]
        return issued, executed


class SlicedFunction(PlainFunction):
    """A plain thread that carries out some of its instructions (``isa.slicing``); the others do nothing."""

    def __init__(self, program: Program, chosen: Slice) -> None:
        self._chosen = chosen
        super().__init__(program)

    @property
    def needed(self) -> Sequence[Instruction]:
        """The instructions of the slice."""
        return [i for i in self.program.instructions if i.index in self._chosen.instructions]

    @property
    def kept(self) -> Container[Location] | None:
        """What the slice still reads behind a barrier."""
        return self._chosen.kept

    def meaning_of(self, instruction: Instruction) -> Semantics | None:
        """Nothing, for an instruction that is left out."""
        chosen = instruction.index in self._chosen.instructions
        return super().meaning_of(instruction) if chosen else _do_nothing


def _do_nothing(ports: Ports, instruction: Instruction) -> None:
    """An instruction that is left out."""
