"""Where a warp goes: branches, the call/sync stack, barriers and ends.

Agreeing lanes just jump. Where they part, those that go first by the rule of `scheduling` go on, and the
others are parked: what they will need is spilled, and where they stand is noted. Whenever lanes come to a
place where parked ones may be due, they are parked too, and the choice is made anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.building import I1, I32, I64
from sassafras.emulator.layout import Status
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import Value
from sassafras.emulator.vector.core import WarpCore
from sassafras.emulator.vector.lane_memory import in_memory
from sassafras.emulator.vector.lanes import NoWideForm, Wide
from sassafras.emulator.vector.layout import PICK, STACKS, START
from sassafras.emulator.vector.scheduling import INDEX_MASK, KIND_SHIFT, at, key, stack_field
from sassafras.isa.kinds import Flow, StackKind
from sassafras.isa.locations import Location

_RUN = ("mask", "depth", "node", "best", "running", "room")
_FIELDS = ("active", "depth", "node", "best", "running", "room")


class WarpControl(WarpCore):
    """The control part of the build."""

    def enter(self) -> None:
        """Begin, or go on where the header says."""
        self._entries: dict[int, ir.Block] = {}
        self._met: dict[int, ir.Block] = {}
        self._choose, self._dispatch_block, start = (self.block(n) for n in ("choose", "dispatch", "start"))
        if any(i.flow is Flow.BARRIER for i in self.program.instructions):
            begin = self.b.switch(
                self.b.load(at(self.b, self.state, "resume"), typ=I32), self._dispatch_block
            )
            begin.add_case(I32(START), start)
            begin.add_case(I32(PICK), self._choose)
        else:
            self.b.branch(start)
        self.b.position_at_end(start)
        self.storage.clear(self.b)
        alive = self.b.load(at(self.b, self.state, "alive"), typ=I32)
        room = self.b.load(at(self.b, self.state, "room"), typ=I64)
        for slot, value in zip(self._slots(), (alive, I32(0), I32(0), I32(-1), I64(0), room), strict=True):
            self.b.store(value, slot)
        self.b.branch(self._blocks[0])

    def _slots(self) -> Iterable[ir.Value]:
        return (getattr(self, name) for name in _RUN)

    def emit(self) -> ir.Module:
        """Every instruction; then what leads to where lanes can go on."""
        module = super().emit()
        b = self.b
        b.position_at_end(self._choose)
        status = b.call(self.scheduling.pick, [self.state, self.context])
        stop = self.block("stop")
        b.cbranch(b.icmp_signed(">=", status, I32(0)), stop, self._dispatch_block)
        b.position_at_end(stop)
        b.ret(status)
        b.position_at_end(self._dispatch_block)
        for slot, field in zip(self._slots(), _FIELDS, strict=True):
            kind = I64 if field in ("running", "room") else I32
            b.store(b.load(at(b, self.state, field), typ=kind), slot)
        wrong = self.block("nowhere")
        table = b.switch(b.load(at(b, self.state, "resume"), typ=I32), wrong)
        b.position_at_end(wrong)
        b.ret(I32(Status.REDO))
        for index, block in self._entries.items():
            table.add_case(I32(index), block)
            b.position_at_end(block)
            self.storage.fill(b, self.facts.live[index])
            b.branch(self._met.get(index, self._blocks[index]))
        return module

    def _enter_at(self, index: int) -> None:
        """Lanes may go on at an instruction that begins a block."""
        if index not in self._entries:
            self._entries[index] = self.block(f"entry{index}")

    # parting and meeting ---------------------------------------------------------------------------------

    def park(
        self,
        lanes: ir.Value,
        index: ir.Value,
        depth: ir.Value,
        node: ir.Value,
        places: Iterable[Location] | None = None,
    ) -> None:
        """Lanes wait before an instruction; ``places``: what they must remember."""
        b = self.b
        if places is None:
            self._enter_at(index.constant)
            places = self.facts.remembered(index.constant)
        self.storage.spill(b, places, lanes)
        own = key(b, depth, index)
        b.call(self.scheduling.park, [self.state, lanes, own, node, b.load(self.running, typ=I64)])
        best = b.load(self.best, typ=I32)
        b.store(b.select(b.icmp_signed(">", own, best), own, best), self.best)

    def _park_here(self, lanes: ir.Value, index: int) -> None:
        """Lanes wait with the stack that they have."""
        depth, node = (self.b.load(slot, typ=I32) for slot in (self.depth, self.node))
        self.park(lanes, I32(index), depth, node)

    def meet(self, index: int) -> None:
        """Let lanes that are parked go first, where that is their turn."""
        b, depth = self.b, self.b.load(self.depth, typ=I32)
        due = b.icmp_signed(">=", b.load(self.best, typ=I32), key(b, depth, I32(index)))
        yielding = self.block("yield")
        self.unless(due, yielding)
        self._met[index] = b.block
        with b.goto_block(yielding):
            self._park_here(self.active(), index)
            b.branch(self._choose)

    def _fork(self, taken: ir.Value, target: int) -> None:
        """Some of the active lanes go to an instruction, the others on."""
        b, active = self.b, self.active()
        some, parting = self.block("some"), self.block("part")
        b.cbranch(b.icmp_unsigned("==", taken, I32(0)), self._next, some)
        b.position_at_end(some)
        b.cbranch(b.icmp_unsigned("==", taken, active), self._blocks[target], parting).set_weights([100, 1])
        b.position_at_end(parting)
        others, forward = b.xor(active, taken), target > self.ports.at.index
        self._park_here(taken if forward else others, target if forward else self.following())
        b.store(others if forward else taken, self.mask)
        b.branch(self._next if forward else self._blocks[target])

    def narrow(self, condition: Value | None = None) -> None:
        """Go on with the lanes in which the guard, and a condition, holds; the others wait behind the
        instruction.
        """
        b, guard = self.b, self.b.guard
        if guard is None and condition is None:
            return
        active, chosen = self.active(), self.lanes_of(condition)
        some, parting, body = (self.block(n) for n in ("some", "part", "body"))
        b.cbranch(b.icmp_unsigned("==", chosen, I32(0)), self._next, some)
        b.position_at_end(some)
        b.cbranch(b.icmp_unsigned("==", chosen, active), body, parting)
        b.position_at_end(parting)
        self._park_here(b.xor(active, chosen), self.following())
        b.store(chosen, self.mask)
        b.branch(body)
        b.position_at_end(body)
        b.guard = None

    # Build: control --------------------------------------------------------------------------------------

    def jump(self, offset: int) -> None:
        """Go to an instruction."""
        if self.b.guard is None:
            self.b.branch(self._block_at(offset))
        else:
            self._fork(self.lanes_of(None), self.index_at(offset))

    def jump_if(self, condition: Value, offset: int) -> None:
        """Go there or on."""
        self._fork(self.lanes_of(condition), self.index_at(offset))

    def jump_to(self, offset: Value) -> None:
        """Go to a computed byte offset, mostly all lanes to the same; where that is no known target, the
        scalar build takes over.
        """
        self.narrow()
        b = self.b
        targets = sorted(set(self.facts.targets(self.ports.at)))
        first = self._first(b.splat(offset))
        differs = b.icmp_unsigned("!=", offset, first)
        wrong, apart = self.block("wild"), self.block("apart")
        self.unless(b.icmp_unsigned("!=", self.lanes_of(differs), I32(0)), apart)
        table = b.switch(first, wrong)
        for index in targets:
            table.add_case(I32(self.program.instructions[index].offset), self._blocks[index])
        b.position_at_end(wrong)
        b.ret(I32(Status.REDO))
        b.position_at_end(apart)
        self._go_apart(offset, targets)

    def _go_apart(self, offset: Value, targets: list[int]) -> None:
        """Lanes wait where each of them goes."""
        b, left = self.b, self.active()
        self.storage.spill(b, self._remembered_at(targets), left)
        depth, node = (b.load(slot, typ=I32) for slot in (self.depth, self.node))
        for index in targets:
            there = b.icmp_unsigned("==", offset, I32(self.program.instructions[index].offset))
            lanes = self.lanes_of(there)
            self.park(lanes, I32(index), depth, node, ())
            left = b.xor(left, lanes)
        self.redo_if(b.icmp_unsigned("!=", left, I32(0)))
        b.branch(self._choose)

    def _remembered_at(self, targets: Iterable[int]) -> frozenset[Location]:
        """What lanes must remember that wait at one of several places."""
        for target in targets:
            self._enter_at(target)
        return frozenset[Location]().union(*(self.facts.remembered(target) for target in targets))

    def _first(self, value: Wide) -> ir.Value:
        """What the lowest active lane has."""
        b = self.b
        array = in_memory(b, value)
        return b.load(b.gep(array, [self._lowest(self.active())], source_etype=I32), typ=I32)

    def _lowest(self, lanes: ir.Value) -> ir.Value:
        count = self.b.function_named("llvm.cttz.i32", ir.FunctionType(I32, [I32, I1]))
        return self.b.and_(self.b.call(count, [lanes, I1(0)]), I32(WARP - 1))

    def push(self, kind: StackKind, offset: int) -> None:
        """Push kind and instruction index: mostly on the same stack as the last time."""
        self.narrow()
        b, entry = self.b, I32(int(kind) << KIND_SHIFT | self.index_at(offset))
        node = b.load(self.node, typ=I32)
        memory = state_pointer(b, self._stacks, STACKS.itemsize + 8 * self._pushes)
        self._pushes += 1
        known = b.icmp_signed("==", b.load(memory, typ=I32), node)
        usual, unusual, pushed = (self.block(n) for n in ("usual", "unusual", "pushed"))
        b.cbranch(known, usual, unusual).set_weights([1000, 1])
        b.position_at_end(usual)
        as_ever = b.load(state_pointer(b, memory, 4), typ=I32)
        b.branch(pushed)
        b.position_at_end(unusual)
        found = b.call(self.scheduling.push, [self._stacks, node, entry, memory])
        self.redo_if(b.icmp_signed("<", found, I32(0)))
        unusual = b.block
        b.branch(pushed)
        b.position_at_end(pushed)
        now = b.phi(I32)
        now.add_incoming(as_ever, usual)
        now.add_incoming(found, unusual)
        b.store(now, self.node)
        b.store(b.add(b.load(self.depth, typ=I32), I32(1)), self.depth)

    def pop_and_jump(self, kind: StackKind, *, unwind: bool, condition: ir.Value | None = None) -> None:
        """Pop an entry, which is the same in all active lanes, and go there."""
        if condition is not None:
            raise NoWideForm("a return on a condition")
        b, targets = self.b, self._popped(kind)
        lanes = self.lanes_of(None)
        if b.guard is not None:
            some = self.block("some")
            b.cbranch(b.icmp_unsigned("==", lanes, I32(0)), self._next, some)
            b.position_at_end(some)
        node = b.load(self.node, typ=I32)
        if unwind:
            node = b.call(self.scheduling.unwind, [self._stacks, node, I32(int(kind))])
        entry, below = (b.load(stack_field(b, self._stacks, n, node), typ=I32) for n in ("entry", "parent"))
        self.redo_if(b.icmp_unsigned("!=", b.lshr(entry, I32(KIND_SHIFT)), I32(int(kind))))
        depth = b.load(stack_field(b, self._stacks, "depth", below), typ=I32)
        index = b.and_(entry, I32(INDEX_MASK))
        if b.guard is not None:
            b.guard = None
            self._leave_some(lanes, index, depth, below, targets)
        b.store(depth, self.depth)
        b.store(below, self.node)
        self._dispatch(index, targets)

    def _popped(self, kind: StackKind) -> list[int]:
        """Where an entry may lead."""
        known = self.program.index_of_offset
        named = sorted({known[offset] for offset in self.ports.at.branch_targets if offset in known})
        return named or self._pushed(kind)

    def _leave_some(
        self, lanes: ir.Value, index: ir.Value, depth: ir.Value, node: ir.Value, targets: Iterable[int]
    ) -> None:
        """Where not all lanes pop, those that do wait where that leads, and the others go on."""
        b, active = self.b, self.active()
        every, parting = self.block("every"), self.block("part")
        b.cbranch(b.icmp_unsigned("==", lanes, active), every, parting)
        b.position_at_end(parting)
        self.park(lanes, index, depth, node, self._remembered_at(targets))
        b.store(b.xor(active, lanes), self.mask)
        b.branch(self._next)
        b.position_at_end(every)

    def exit(self, condition: Value | None) -> None:
        """End the active lanes, or some."""
        b = self.b
        lanes = self.lanes_of(condition)
        if condition is None and b.guard is None:
            self._end(lanes)
            self._after_end()
            return
        some, gone = self.block("some"), self.block("gone")
        b.cbranch(b.icmp_unsigned("==", lanes, I32(0)), self._next, some)
        b.position_at_end(some)
        self._end(lanes)
        left = b.xor(self.active(), lanes)
        b.store(left, self.mask)
        b.cbranch(b.icmp_unsigned("==", left, I32(0)), gone, self._next)
        b.position_at_end(gone)
        self._after_end()

    def _end(self, lanes: ir.Value) -> None:
        self.b.call(self.scheduling.end, [self.state, lanes, self.b.load(self.running, typ=I64)])

    def _after_end(self) -> None:
        """Nobody is active any more."""
        self.b.branch(self._choose)

    def barrier(self) -> None:
        """Return, to be resumed behind the barrier; lanes that part before it come to it in turn."""
        self.narrow()
        b, index = self.b, self.following()
        self._enter_at(index)
        places = self.remembered_behind(index - 1)
        together, apart = self.block("together"), self.block("apart")
        barred = b.load(at(b, self.state, "barred"), typ=I32)
        alone = b.icmp_signed("<", b.load(self.best, typ=I32), I32(0))
        b.cbranch(b.and_(alone, b.icmp_signed("==", barred, I32(0))), together, apart)
        b.position_at_end(together)
        self.storage.spill(b, places, None)
        for slot, field in zip(self._slots(), _FIELDS, strict=True):
            kind = I64 if field in ("running", "room") else I32
            b.store(b.load(slot, typ=kind), at(b, self.state, field))
        b.store(I32(index), at(b, self.state, "resume"))
        b.ret(I32(Status.BARRIER))
        b.position_at_end(apart)
        self.storage.spill(b, places, self.active())
        own = key(b, b.load(self.depth, typ=I32), I32(index))
        node, running = b.load(self.node, typ=I32), b.load(self.running, typ=I64)
        b.call(self.scheduling.wait, [self.state, self.active(), own, node, running])
        b.branch(self._choose)
