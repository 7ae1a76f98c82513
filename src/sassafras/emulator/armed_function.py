"""The armed build: a thread that can be stopped before any dynamic instruction, looked at, changed and
resumed.
 Registers live in the state. Before each instruction one comparison serves both the fault and the watchdog:
the number of issued instructions against the limit. Every global access and every shared store is logged with
the bytes it replaces; every issued instruction is traced.
"""

from __future__ import annotations

from llvmlite import ir

from sassafras.building import POINTER
from sassafras.emulator.function import ThreadFunction
from sassafras.emulator.layout import ACCESS, CONTEXT, AccessKind, Status, offset_of
from sassafras.emulator.ports import I8, I16, I32, I64
from sassafras.emulator.storage import StateStorage, Storage, state_pointer
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Space
from sassafras.isa.program import Instruction

_LOADS = {Space.GLOBAL: AccessKind.GLOBAL_LOAD}
_STORES = {
    Space.GLOBAL: AccessKind.GLOBAL_STORE,
    Space.SHARED: AccessKind.SHARED_STORE,
    Space.LOCAL: AccessKind.LOCAL_STORE,
}
EXECUTED = 1 << 31  #: set in a trace entry whose guard was true


def _logged_accesses(instruction: Instruction) -> int:
    """How many entries of the access log it may need: constant banks are not logged."""
    own = (instruction.access, instruction.effects.beside)
    return sum(access is not None and access.space is not Space.CONSTANT for access in own)


class ArmedFunction(ThreadFunction):
    """The armed form of a thread."""

    shared_loads = False  #: whether they are logged
    _room = 0  #: log entries for which the instruction at hand has made sure that there is room

    def leaders(self) -> list[int]:
        """Every instruction: a thread may be resumed anywhere, and a wild jump may go anywhere."""
        return list(range(len(self.program.instructions)))

    def make_storage(self) -> Storage:
        """The state itself."""
        self._trace = self._state_value("trace", POINTER)
        self._capacity = self._state_value("trace_capacity", I64)
        self._limit = self._state_value("limit", I64)
        return StateStorage(self.state)

    def enter(self) -> None:
        """Go to the instruction where the thread stands."""
        wrong = self.function.append_basic_block("nowhere")
        table = self.b.switch(self._state_value("pc", I32), wrong)
        for index, block in self._blocks.items():
            table.add_case(I32(index), block)
        self.b.position_at_end(wrong)
        self.b.ret(I32(TrapKind.INVALID_PC))

    def before(self, instruction: Instruction, guard: ir.Value) -> None:
        """Stand here; stop at the limit or when the log is full; count and trace."""
        self.stand(instruction)
        self.issue(instruction, guard)

    def stand(self, instruction: Instruction) -> None:
        """Stand here; stop at the limit or when the log is full."""
        self.b.store(I32(instruction.index), self.state_field("pc"))
        count = self._state_value("count", I64)
        self._stop_if(self.b.icmp_signed(">=", count, self._limit), Status.LIMIT)
        self._room = _logged_accesses(instruction)
        if self._room:
            used = self.b.load(self._context_field("log_count"), typ=I64)
            free = self.b.sub(self._context_value("log_capacity", I64), used)
            self._stop_if(self.b.icmp_signed("<", free, I64(self._room)), Status.LOG_FULL)

    def issue(self, instruction: Instruction, guard: ir.Value) -> None:
        """Count and trace."""
        count = self._state_value("count", I64)
        self.b.store(self.b.add(count, I64(1)), self.state_field("count"))
        inside = self.b.icmp_signed("<", count, self._capacity)
        slot = self.b.select(
            inside, count, self._capacity
        )  # the slot behind the last takes what does not fit
        entry = self.b.select(guard, I32(instruction.index | EXECUTED), I32(instruction.index))
        self.b.store(entry, self.b.gep(self._trace, [slot], source_etype=I32))

    def issued(self) -> ir.Value:
        """The one at hand is counted already."""
        return self.b.sub(self._state_value("count", I64), I64(1))

    def _stop_if(self, condition: ir.Value, status: Status) -> None:
        stop = self.function.append_basic_block("stop")
        onward = self.function.append_basic_block("go")
        self.b.cbranch(condition, stop, onward)
        self.b.position_at_end(stop)
        self.b.ret(I32(int(status)))
        self.b.position_at_end(onward)

    def executed(self, instruction: Instruction) -> None:
        """The trace entry has it already."""

    def leave(self, status: int, *, pc: int) -> None:
        """Return; the state is up to date but for where to go on."""
        self.b.store(I32(pc), self.state_field("pc"))
        self.b.ret(I32(int(status)))

    def _context_field(self, field: str) -> ir.Value:
        return state_pointer(self.b, self.context, offset_of(CONTEXT, field))

    def _one_of_several(self, space: Space, address: ir.Value, nbytes: int, *, store: bool) -> ir.Value:
        """The room in the log is that of the way that is taken."""
        room = self._room
        pointer = super()._one_of_several(space, address, nbytes, store=store)
        self._room = room
        return pointer

    def logged(self, space: Space, pointer: ir.Value, offset: ir.Value, nbytes: int, *, store: bool) -> None:
        """Append an entry, with the old bytes for a store. Shared loads only where races are looked for."""
        kind = _STORES.get(space) if store else _LOADS.get(space)
        if space is Space.SHARED and not store:
            kind = AccessKind.SHARED_LOAD if self.shared_loads else None
            self._listen(pointer, offset, nbytes)
        if kind is None:
            return
        if not self._room:
            raise self.ports.refuse("it accesses memory for which the log has no room")
        self._room -= 1
        used = self.b.load(self._context_field("log_count"), typ=I64)
        start = self.b.mul(used, I64(ACCESS.itemsize))
        entry = self.b.gep(self._context_value("log", POINTER), [start], source_etype=I8)
        self._put(entry, "offset", offset)
        self._put(entry, "nbytes", I8(nbytes))
        self._put(entry, "kind", I8(int(kind)))
        self._put(entry, "thread", self.b.trunc(self._state_value("thread", I32), I16))
        self._put(entry, "pc", I32(self.ports.at.index))
        if store:
            word = ir.IntType(8 * nbytes)
            self._put(entry, "old", self.b.load(pointer, typ=word, align=min(nbytes, 4)))
        self.b.store(self.b.add(used, I64(1)), self._context_field("log_count"))

    def _listen(self, pointer: ir.Value, offset: ir.Value, nbytes: int) -> None:
        """Note where a thread run alone loads what will not be so at the end of the phase: others may have
        stored it by now.
        """
        b, word = self.b, ir.IntType(8 * nbytes)
        behind = b.gep(b.load(self._context_field("behind"), typ=POINTER), [offset], source_etype=I8)
        now, then = (b.load(place, typ=word, align=min(nbytes, 4)) for place in (pointer, behind))
        place = self._context_field("heard")
        differs = b.zext(b.icmp_unsigned("!=", now, then), I64)
        b.store(b.or_(b.load(place, typ=I64), differs), place)

    def _put(self, entry: ir.Value, field: str, value: ir.Value) -> None:
        self.b.store(value, state_pointer(self.b, entry, offset_of(ACCESS, field)), align=1)
