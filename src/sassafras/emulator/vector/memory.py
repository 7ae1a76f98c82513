"""Loads, stores and updates of a warp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from sassafras.building import I8, I32, I64, POINTER, VOID
from sassafras.emulator.ports import Change
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import Value
from sassafras.emulator.vector.core import WarpCore
from sassafras.emulator.vector.journal import Journal
from sassafras.emulator.vector.lane_memory import Field, in_memory
from sassafras.emulator.vector.lanes import NoWideForm, Wide
from sassafras.emulator.vector.patterns import (
    Family,
    Pattern,
    address_operand,
    base_of,
    family_of,
    pattern,
)
from sassafras.emulator.vector.ports import Addressed
from sassafras.emulator.vector.scheduling import each_lane, wide_load
from sassafras.emulator.vector.storage import masked_store
from sassafras.isa.kinds import Action, Space
from sassafras.isa.locations import File, Location
from sassafras.isa.operands import Address
from sassafras.isa.program import Instruction

_Key = tuple[Space, Address, int, int]
_WORTH = 4  #: accesses of a block from which on it is emitted twice, with and without guesses


def _key(field: Field, operand: Address) -> _Key:
    return field.space, base_of(operand), field.nbytes, operand.offset % field.nbytes


class WarpMemory(WarpCore):
    """The memory part of the build."""

    _patterns: dict[_Key, Pattern]
    guessing = False  #: whether what is emitted relies on guesses, which `prove` has proven
    mistaken = False  #: whether it is for where a guess was wrong: rare, and to be short

    def forget_patterns(self) -> None:
        """A block begins: nothing is known of its registers."""
        self._patterns = {}

    # guesses ---------------------------------------------------------------------------------------------

    def guessable(self, instruction: Instruction) -> Field | None:
        """Of an access for which a guess is made: words, through a register."""
        access, operand = instruction.access, address_operand(instruction)
        if access is None or operand is None or access.nbytes != 4 or not instruction.effects.addressed_by:
            return None
        if access.space not in (Space.GLOBAL, Space.SHARED) or instruction.is_atomic:
            return None
        if access.action is Action.STORE and not self._varies(instruction):
            return None
        return Field(access.space, 0, access.nbytes)

    def worth_guessing(self, instructions: Sequence[Instruction]) -> bool:
        """Whether a block has so many of them that it is emitted twice."""
        return sum(self.guessable(i) is not None for i in instructions) >= _WORTH

    def _varies(self, instruction: Instruction) -> bool:
        """Whether the address of an access probably differs between neighbouring lanes."""
        operand = address_operand(instruction)
        if operand is None or operand.register is None:
            return False
        return Location(File.REGISTERS, operand.register) in self.facts.varying[instruction.index]

    def prove(self, instruction: Instruction, elsewhere: Callable[[], ir.Block]) -> None:
        """Make sure of the guess for an access, and for those like it behind it; go elsewhere if it is
        wrong.
        """
        field, operand = self.guessable(instruction), address_operand(instruction)
        if field is None or operand is None:
            return
        key = _key(field, operand)
        known = self._patterns.get(key)
        if known is not None and known.family.until >= instruction.index:
            return
        words = self.ports.address_words(field.space, operand)
        family = family_of(self.program, list(self.facts.sizes), instruction, field)
        known = pattern(self.b, self.context, self.active(), words, family, field)
        self._patterns[key] = known
        right = known.contiguous if self._varies(instruction) else known.uniform
        self.unless(self.b.not_(right), elsewhere())

    # where an access goes --------------------------------------------------------------------------------

    def _pattern(self, field: Field, address: Value) -> tuple[Pattern, int]:
        """How the lanes' addresses lie, and what is to be added to its pointers."""
        if not isinstance(address, Addressed):
            wide = self.b.splat(address)
            words: tuple[Wide, ...] = (wide,)
            if field.space is Space.GLOBAL:
                words = (self.b.trunc(wide, I32), self.b.trunc(self.b.lshr(wide, I64(32)), I32))
            family = Family(0, 0, self.ports.at.index)
            return pattern(self.b, self.context, self.active(), words, family, field), 0
        key = _key(field, address.operand)
        known = self._patterns.get(key)
        if known is None or known.family.until < self.ports.at.index:
            family = family_of(self.program, list(self.facts.sizes), self.ports.at, field)
            known = pattern(self.b, self.context, self.active(), address.words, family, field)
            self._patterns[key] = known
        return known, address.operand.offset - known.family.low

    def _field(self, space: Space, bank: int, nbytes: int) -> Field:
        known = space in (Space.GLOBAL, Space.SHARED) or (space is Space.CONSTANT and bank in (0, 2))
        if not known:
            raise NoWideForm(f"{space.value} memory {bank}")
        return Field(space, bank, nbytes)

    def _if_any(self, lanes: ir.Value) -> ir.Block | None:
        """Behind an access that a guard may keep from happening: where to go then."""
        if self.b.guard is None:
            return None
        behind, some = self.block("behind"), self.block("some")
        self.b.cbranch(self.b.icmp_unsigned("==", lanes, I32(0)), behind, some)
        self.b.position_at_end(some)
        return behind

    # Build: memory ---------------------------------------------------------------------------------------

    def load(self, space: Space, address: Value, nbytes: int, *, bank: int = 0) -> list[Any]:
        """A vector, a word for all, or lane by lane; whichever it turns out to be."""
        b, field = self.b, self._field(space, bank, nbytes)
        if space is Space.CONSTANT and not isinstance(address, Wide):
            return self._constant(field, address)
        if self.mistaken and self.guessable(self.ports.at) is not None:
            lanes = self.lanes_of(None)
            return list(self._each_its_own(field, address, lanes))
        known, more = self._pattern(field, address)
        if self.guessing and self.guessable(self.ports.at) is not None and isinstance(address, Addressed):
            contiguous = self._varies(self.ports.at)
            read = self._vector(field, known, more) if contiguous else None
            return [read] if read is not None else self._one_for_all(field, known, more)
        lanes = self.lanes_of(None)
        start = b.block
        behind = self._if_any(lanes)
        after = behind if behind is not None else self.block("loaded")
        ways: list[tuple[ir.Block, list[Wide]]] = []
        if behind is not None:
            ways.append((start, [b.splat(field.kind(0))] * field.words))
        uniform, scattered = self.block("uniform"), self.block("scattered")
        if field.words == 1:
            contiguous, other = self.block("contiguous"), self.block("other")
            b.cbranch(known.contiguous, contiguous, other)
            b.position_at_end(contiguous)
            ways.append((b.block, [self._vector(field, known, more)]))
            b.branch(after)
            b.position_at_end(other)
        b.cbranch(known.uniform, uniform, scattered)
        b.position_at_end(uniform)
        ways.append((b.block, self._one_for_all(field, known, more)))
        b.branch(after)
        b.position_at_end(scattered)
        values = self._each_its_own(field, address, lanes)
        ways.append((b.block, values))
        b.branch(after)
        b.position_at_end(after)
        return [self._merged(field, [(block, found[k]) for block, found in ways]) for k in range(field.words)]

    def _constant(self, field: Field, address: ir.Value) -> list[ir.Value]:
        """At one offset for all lanes. One that is wrong is left to the scalar build, whoever asks."""
        b = self.b
        offset = field.offset(b, self.context, address)
        self.redo_if(field.wrong(b, self.context, address, offset))
        place = b.gep(field.start(b, self.context), [offset], source_etype=I8)
        words = [state_pointer(b, place, 4 * k) for k in range(field.words)]
        return [b.load(word, typ=field.kind, align=min(field.nbytes, 4)) for word in words]

    def _vector(self, field: Field, known: Pattern, more: int) -> Wide:
        b, vector = self.b, self.shape.vector(field.kind)
        places = [state_pointer(b, pointer, more) for pointer in known.pointers]
        if self.ports.at.index in self.layout.fetched_ahead:
            self._fetch_ahead(places)
        return Wide([b.load(place, typ=vector, align=field.nbytes) for place in places], field.kind)

    def _fetch_ahead(self, places: Sequence[ir.Value]) -> None:
        """Where a load will probably go when it comes next: as far on as it is now from the last time. In a
        loop down a matrix, that is a page which nobody else fetches in time.
        """
        b, vector = self.b, 4 * self.shape.lanes
        kind = ir.FunctionType(VOID, [POINTER, I32, I32, I32])
        prefetch = b.function_named("llvm.prefetch.p0", kind)
        for part, place in enumerate(places):
            kept = state_pointer(b, self.state, self.layout.last_place(self.ports.at.index, part))
            here, last = b.ptrtoint(place, I64), b.load(kept, typ=I64)
            b.store(here, kept)
            step = b.sub(here, last)
            for end in (0, vector - 1):
                there = b.gep(place, [b.add(step, I64(end))], source_etype=I8)
                b.call(prefetch, [there, I32(0), I32(3), I32(1)])

    def _one_for_all(self, field: Field, known: Pattern, more: int) -> list[Wide]:
        """A word of each part, for all of its lanes."""
        b, found = self.b, []
        for word in range(field.words):
            places = [state_pointer(b, pointer, more + 4 * word) for pointer in known.pointers]
            values = [b.load(place, typ=field.kind, align=min(field.nbytes, 4)) for place in places]
            found.append(Wide([b.splat(value).parts[0] for value in values], field.kind))
        return found

    def _each_its_own(self, field: Field, address: Value, lanes: ir.Value) -> list[Wide]:
        b, parts = self.b, self.shape.parts
        result = b.call(self.lane_memory.load(field), [self.context, lanes, *b.splat(address).parts])
        self.redo_if(b.extract_value(result, 0))
        values = [b.extract_value(result, 1 + k) for k in range(parts * field.words)]
        return [Wide(values[parts * k : parts * (k + 1)], field.kind) for k in range(field.words)]

    def _merged(self, field: Field, ways: Sequence[tuple[ir.Block, Wide]]) -> Wide:
        parts = []
        for k in self.shape.all:
            merged = self.b.phi(self.shape.vector(field.kind))
            for block, value in ways:
                merged.add_incoming(value.parts[k], block)
            parts.append(merged)
        return Wide(parts, field.kind)

    def store(self, space: Space, address: Value, values: Sequence[Value]) -> None:
        """A vector where lanes lie side by side, else lane by lane."""
        nbytes = sum(value.type.width for value in values) // 8
        b, field = self.b, self._field(space, 0, nbytes)
        wide = [b.splat(value) for value in values]
        lanes = self.lanes_of(None)
        known = self._pattern(field, address) if nbytes == 4 else None
        if self.guessing and known is not None and self.guessable(self.ports.at) is not None:
            self._store_vector(field, *known, lanes, wide[0])
            return
        behind = self._if_any(lanes)
        after = behind if behind is not None else self.block("stored")
        if known is not None:
            contiguous, other = self.block("contiguous"), self.block("other")
            b.cbranch(known[0].contiguous, contiguous, other)
            b.position_at_end(contiguous)
            self._store_vector(field, *known, lanes, wide[0])
            b.branch(after)
            b.position_at_end(other)
        parts = [part for value in wide for part in value.parts]
        arguments = [self.context, lanes, *b.splat(address).parts, *parts]
        self.redo_if(b.call(self.lane_memory.store(field), arguments))
        b.branch(after)
        b.position_at_end(after)

    def _store_vector(self, field: Field, known: Pattern, more: int, lanes: ir.Value, value: Wide) -> None:
        b, width = self.b, self.shape.lanes
        pointers = [state_pointer(b, pointer, more) for pointer in known.pointers]
        if field.space is Space.GLOBAL:
            journal = Journal(b, self.context)
            self.redo_if(journal.full(self.shape.parts))
            offsets = [b.add(offset, I64(more)) for offset in known.offsets]
            own = [b.trunc(b.lshr(lanes, I32(k * width)), ir.IntType(width)) for k in self.shape.all]
            journal.note_vectors(self.context, list(zip(pointers, offsets, own, strict=True)))
        for part, pointer, mask in zip(value.parts, pointers, b.truths(lanes).parts, strict=True):
            masked_store(b, part, pointer, mask)

    def update(self, space: Space, address: Value, kind: ir.IntType, change: Change) -> Any:
        """Lane by lane, from the lowest up."""
        b, field = self.b, self._field(space, 0, kind.width // 8)
        lanes, offset = self.lanes_of(None), field.offset(b, self.context, b.splat(address))
        wrong = field.wrong(b, self.context, b.splat(address), offset)
        self.redo_if(b.icmp_unsigned("!=", b.and_(b.bits(wrong), lanes), I32(0)))
        offsets, found = in_memory(b, b.splat(offset)), in_memory(b, b.splat(kind(0)))
        guard, b.guard = b.guard, None
        after, some = self.block("updated"), self.block("some")
        b.cbranch(b.icmp_unsigned("==", lanes, I32(0)), after, some)
        b.position_at_end(some)
        lane, end = each_lane(b, lanes)
        place = b.load(b.gep(offsets, [lane], source_etype=I64), typ=I64)
        pointer = b.gep(field.start(b, self.context), [place], source_etype=I8)
        if space is Space.GLOBAL:
            journal = Journal(b, self.context)
            self.redo_if(journal.full(1))
            journal.note(self.context, pointer, place, field.nbytes)
        old = b.load(pointer, typ=kind, align=field.nbytes)
        self._change(pointer, old, lane, change)
        b.store(old, b.gep(found, [lane], source_etype=kind))
        end(after)
        b.position_at_end(after)
        b.guard = guard
        return wide_load(b, found, kind)

    def _change(self, pointer: ir.Value, old: ir.Value, lane: ir.Value, change: Callable[[Any], Any]) -> None:
        """Of one lane. What it is changed with may be wide."""
        b, new = self.b, change(old)
        if isinstance(new, Wide):
            new = b.load(b.gep(in_memory(b, new), [lane], source_etype=new.type), typ=new.type)
        b.store(new, pointer, align=old.type.width // 8)
