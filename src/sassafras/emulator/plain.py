"""The plain build: whole launches, fast. Registers are local; the thread stops only at barriers, at its end
or in a trap.
 The watchdog counts whole basic blocks. With ``profiling`` every block and every guarded instruction also
counts itself in the thread's row of counters.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from llvmlite import ir

from sassafras.building import POINTER
from sassafras.emulator.counters import BlockCounters
from sassafras.emulator.function import ThreadFunction
from sassafras.emulator.layout import Status
from sassafras.emulator.ports import I32, I64, Ports
from sassafras.emulator.semantics.registry import Semantics
from sassafras.emulator.storage import LocalStorage, Storage
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Flow, Space
from sassafras.isa.liveness import live_registers
from sassafras.isa.locations import File, Location
from sassafras.isa.operands import RZ
from sassafras.isa.program import Instruction, Program
from sassafras.isa.slicing import Slice


def has_barrier(program: Program) -> bool:
    """Whether threads of a block can wait for each other."""
    return any(i.flow is Flow.BARRIER for i in program.instructions)


def used_registers(instructions: Iterable[Instruction]) -> set[int]:
    """Registers that the instructions name."""
    used: set[int] = set()
    for i in instructions:
        used.update(i.effects.registers_read, i.effects.registers_written)
    return used - {RZ}


def used_uniform(instructions: Iterable[Instruction]) -> frozenset[Location]:
    """Registers and predicates of the warp that the instructions name."""
    effects = [i.effects for i in instructions]
    return frozenset[Location]().union(
        *(e.uniform_read for e in effects), *(e.uniform_written for e in effects)
    )


class PlainFunction(ThreadFunction):
    """The plain or profiling form of a thread."""

    def __init__(self, program: Program, *, profiling: bool = False) -> None:
        self.counted = BlockCounters(program)
        self._barrier = has_barrier(program)
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
        kept |= {Location(File.PREDICATES, p) for p in range(7)} | {Location(File.CODES, 0)}
        return kept | used_uniform(self.needed)

    def leaders(self) -> list[int]:
        """Starts of basic blocks."""
        return list(self.counted.sizes)

    def make_storage(self) -> Storage:
        """Local slots."""
        self._count = self.b.alloca(I64, name="count")
        self._limit = self._state_value("limit", I64)
        self._counters = self._state_value("counters", POINTER)
        self._local = LocalStorage(
            self.b, self.state, used_registers(self.needed), self.kept, used_uniform(self.needed)
        )
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
        size = self.counted.sizes.get(instruction.index)
        if size is None:
            return
        count = self.b.add(self.b.load(self._count, typ=I64), I64(size))
        self.b.store(count, self._count)
        if self._profiling:
            self._bump(self.counted.of_block[instruction.index])
        self.trap_if(self.b.icmp_signed(">", count, self._limit), TrapKind.HANG)

    def issued(self) -> ir.Value:
        """The basic block at hand is counted whole."""
        index = self.ports.at.index
        start = max(first for first in self.counted.sizes if first <= index)
        ahead = self.counted.sizes[start] - (index - start)
        return self.b.sub(self.b.load(self._count, typ=I64), I64(ahead))

    def executed(self, instruction: Instruction) -> None:
        """Count a guarded instruction whose guard held."""
        if self._profiling:
            self._bump(self.counted.of_guarded[instruction.index])

    def _bump(self, counter: int) -> None:
        self.counted.bump(self.b, self._counters, counter)

    def leave(self, status: int, *, pc: int) -> None:
        """Return; at a barrier the registers go back to the state."""
        if status == Status.BARRIER:
            self._local.spill(self.b)
        self.b.store(self.b.load(self._count, typ=I64), self.state_field("count"))
        if status != Status.EXITED:
            self.b.store(I32(pc), self.state_field("pc"))
        self.b.ret(I32(int(status)))

    def logged(self, space: Space, pointer: ir.Value, offset: ir.Value, nbytes: int, *, store: bool) -> None:
        """Nothing is logged."""


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
