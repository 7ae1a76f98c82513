"""Ports that write down what an instruction reads, writes, accesses and where it leads, as it is compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from llvmlite import ir

from sassafras.emulator.ports import Ports
from sassafras.emulator.semantics.registry import Semantics
from sassafras.emulator.traps import TrapKind
from sassafras.emulator.warp_function import WarpFunction
from sassafras.isa.kinds import Flow, Space, StackKind
from sassafras.isa.locations import File, Location
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BarrierReduction,
)
from sassafras.isa.operands import PT, RZ, URZ, Operand, Predicate, UniformPredicate
from sassafras.isa.program import Instruction, Program

CODES = Location(File.CODES, 0)
_FILES = {Predicate: File.PREDICATES, UniformPredicate: File.UNIFORM_PREDICATES}


@dataclass
class Seen:
    """What one instruction did: ``accesses`` as (space, bytes, store), ``fixed`` as words (bank, offset) of
    constant banks, ``moved`` as (bank, bytes) at an offset from a register, ``steps`` in order.
    """

    reads: set[Location] = field(default_factory=set)
    writes: set[Location] = field(default_factory=set)
    accesses: list[tuple[Space, int, bool]] = field(default_factory=list)
    fixed: set[tuple[int, int]] = field(default_factory=set)
    moved: set[tuple[int, int]] = field(default_factory=set)
    steps: list[object] = field(default_factory=list)


class RecordingPorts(Ports):
    """Ports that note every register, predicate and flag that is asked for or set."""

    seen: dict[int, Seen]

    @property
    def now(self) -> Seen:
        """The notes on the instruction that is being compiled."""
        return self.seen[self.at.index]

    def register(self, index: int) -> ir.Value:
        if index != RZ:
            self.now.reads.add(Location(File.REGISTERS, index))
        return super().register(index)

    def set_register(self, index: int, value: ir.Value) -> None:
        if index != RZ:
            self.now.writes.add(Location(File.REGISTERS, index))
        super().set_register(index, value)

    def uniform(self, index: int) -> ir.Value:
        if index != URZ:
            self.now.reads.add(Location(File.UNIFORM, index))
        return super().uniform(index)

    def set_uniform(self, index: int, value: ir.Value) -> None:
        if index != URZ:
            self.now.writes.add(Location(File.UNIFORM, index))
        super().set_uniform(index, value)

    def predicate(self, operand: Operand) -> ir.Value:
        assert isinstance(operand, Predicate | UniformPredicate)
        if operand.index != PT:
            self.now.reads.add(Location(_FILES[type(operand)], operand.index))
        return super().predicate(operand)

    def set_predicate(self, operand: Operand, value: ir.Value) -> None:
        assert isinstance(operand, Predicate | UniformPredicate)
        if operand.index != PT:
            self.now.writes.add(Location(_FILES[type(operand)], operand.index))
        super().set_predicate(operand, value)

    def flag(self, letter: str) -> ir.Value:
        self.now.reads.add(CODES)
        return super().flag(letter)

    def set_flags(self, *, z: ir.Value, s: ir.Value, c: ir.Value, o: ir.Value) -> None:
        self.now.writes.add(CODES)
        super().set_flags(z=z, s=s, c=c, o=o)


class RecordingFunction(WarpFunction):
    """The armed build on such ports; it notes accesses and jumps too. ``wanted``: leave the others out."""

    def __init__(self, program: Program, wanted: Callable[[Instruction], bool] = lambda _: True) -> None:
        super().__init__(program)
        self.seen: dict[int, Seen] = defaultdict(Seen)
        self._wanted = wanted
        self._inside = False
        plain = self.ports
        self.ports = RecordingPorts(program, self.b, plain._storage, self)
        self.ports.seen = self.seen

    def meaning_of(self, instruction: Instruction) -> Semantics | None:
        return super().meaning_of(instruction) if self._wanted(instruction) else lambda _ports, _at: None

    @property
    def now(self) -> Seen:
        return self.seen[self.ports.at.index]

    def global_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        self._note(Space.GLOBAL, nbytes, store=store)
        return super().global_pointer(address, nbytes, store=store)

    def shared_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        self._note(Space.SHARED, nbytes, store=store)
        return super().shared_pointer(address, nbytes, store=store)

    def local_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        self._note(Space.LOCAL, nbytes, store=store)
        return super().local_pointer(address, nbytes, store=store)

    def generic_pointer(self, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """One access, whichever of the three spaces it is in the end."""
        self._note(Space.GENERIC, nbytes, store=store)
        self._inside = True
        pointer = super().generic_pointer(address, nbytes, store=store)
        self._inside = False
        return pointer

    def _note(self, space: Space, nbytes: int, *, store: bool) -> None:
        if not self._inside:
            self.now.accesses.append((space, nbytes, store))

    def constant_pointer(self, bank: int, offset: ir.Value, nbytes: int) -> ir.Value:
        self.now.moved.add((bank, nbytes))
        return super().constant_pointer(bank, offset, nbytes)

    def fixed_constant(self, bank: int, offset: int) -> ir.Value:
        self.now.fixed.add((bank, offset))
        return super().fixed_constant(bank, offset)

    def jump(self, offset: int) -> None:
        self.now.steps.append(Flow.JUMP)
        super().jump(offset)

    def jump_if(self, condition: ir.Value, offset: int) -> None:
        self.now.steps.append(Flow.JUMP)
        super().jump_if(condition, offset)

    def jump_to(self, offset: ir.Value) -> None:
        self.now.steps.append(Flow.COMPUTED_JUMP)
        super().jump_to(offset)

    def push(self, kind: StackKind, offset: int) -> None:
        self.now.steps.append((Flow.PUSH, kind))
        super().push(kind, offset)

    def pop_and_jump(self, kind: StackKind, *, unwind: bool, condition: ir.Value | None = None) -> None:
        self.now.steps.append((Flow.POP, kind))
        super().pop_and_jump(kind, unwind=unwind, condition=condition)

    def exit(self, condition: ir.Value | None) -> None:
        self.now.steps.append(Flow.EXIT)
        super().exit(condition)

    def stop(self, kind: TrapKind) -> None:
        self.now.steps.append(Flow.STOP)
        super().stop(kind)

    def arrive(self, number: ir.Value) -> None:
        self.now.steps.append(Flow.BARRIER)
        super().arrive(number)

    def wait(self, number: ir.Value, threads: ir.Value, reduction: BarrierReduction | None) -> None:
        self.now.steps.append(Flow.BARRIER)
        super().wait(number, threads, reduction)


def differences(instruction: Instruction, seen: Seen) -> list[str]:
    """Where what an instruction did is not what its record declares."""
    declared = _declared(instruction)
    return [
        f"{instruction.text}: {name}: did {getattr(seen, name)}, declares {getattr(declared, name)}"
        for name in Seen.__dataclass_fields__
        if getattr(seen, name) != getattr(declared, name)
    ]


def _declared(instruction: Instruction) -> Seen:
    effects, access = instruction.effects, instruction.access
    seen = Seen(set(effects.reads), set(effects.writes), steps=_steps(instruction))
    loads_constants = access is not None and access.space is Space.CONSTANT
    if access is not None and not loads_constants:
        both = [one for one in (effects.beside, access) if one is not None]
        seen.accesses = [(one.space, one.nbytes, one.action.stores) for one in both]
    for bank, offset, nbytes, register, behind_uniform in effects.constants:
        if register is None and not behind_uniform and not loads_constants:
            seen.fixed |= {(bank, offset + k) for k in range(0, nbytes, 4)}
        else:
            seen.moved.add((bank, nbytes))
    return seen


def _steps(instruction: Instruction) -> list[object]:
    flow, stack = instruction.flow, instruction.record.stack
    match flow:
        case Flow.NEXT:
            return []
        case Flow.PUSH | Flow.POP:
            return [(flow, stack)]
        case Flow.CALL:
            return [Flow.JUMP] if stack is None else [(Flow.PUSH, stack), Flow.JUMP]
        case Flow.RETURN:
            return [Flow.COMPUTED_JUMP] if stack is None else [(Flow.POP, stack)]
        case _:
            return [flow]
