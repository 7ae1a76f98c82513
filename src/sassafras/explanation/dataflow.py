"""The instructions through which a corruption went: those whose operands or results differ from the golden
run.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sassafras.emulator.layout import AccessKind
from sassafras.explanation.alignment import Pair, align
from sassafras.explanation.floats import is_read_as_float
from sassafras.explanation.memory_map import MemoryMap
from sassafras.explanation.steps import Path, Step, Stored, Value
from sassafras.explanation.track import Touch, Track
from sassafras.isa.floats import makes_float, uses_floats
from sassafras.isa.program import Instruction, Program

FLAGS = "ZSCO"

_NEAR = {AccessKind.SHARED_STORE: "shared", AccessKind.LOCAL_STORE: "local"}


class Comparison:
    """Golden and faulty track of one thread, side by side. ``pairs``: in order, see `alignment`; up to the
    trap of a launch that trapped.

    Both tracks begin with the same instruction; ``base``: device address of the arena.
    """

    def __init__(
        self, program: Program, golden: Track, faulty: Track, struck: int, memory_map: MemoryMap, base: int
    ) -> None:
        self._program = program
        self._golden = golden
        self._faulty = faulty
        self._struck = struck
        self._map = memory_map
        self._base = base
        self.pairs = align(golden.pcs, faulty.pcs)
        self.trapped = faulty.trap is not None
        while self.trapped and self.pairs and self.pairs[-1][1] is None:
            self.pairs.pop()  # what the launch has not lived to see
        self._touches = (_by_step(golden), _by_step(faulty))

    def slice(self) -> Iterator[Step]:
        """The struck instruction, and every instruction in which something differs."""
        for pair in self.pairs:
            step = self.step(pair)
            if step is not None:
                yield step

    def step(self, pair: Pair, *, everything: bool = False) -> Step | None:
        """An instruction, None where nothing of it differs (``everything``: never, and all it wrote)."""
        g, f = pair
        track, at = (self._faulty, f) if f is not None else (self._golden, g)
        assert at is not None
        instruction = self._program.instructions[int(track.pcs[at])]
        struck = f is not None and self._faulty.first + f == self._struck
        executed = (self._ran(self._golden, g), self._ran(self._faulty, f))
        ends_here = self._is_trap(f)
        reads = [v for v in self._reads(instruction, g, f) if struck or everything or v.differs]
        written = () if ends_here and not struck else self._writes(instruction, g, f, executed)
        writes = [v for v in written if struck or everything or v.differs]
        if struck and g is not None and f is not None:
            writes += self._misdirected({v.name for v in writes}, g, f)
        stored = () if ends_here and not struck else self._stores(g, f)
        stores = [s for s in stored if struck or everything or s.differs]
        path = Path.GOLDEN if f is None else Path.FAULTY if g is None else Path.BOTH
        silent = path is Path.BOTH and executed[0] == executed[1] and not (reads or writes or stores)
        if silent and not (struck or everything):
            return None
        numbers = (_number(self._golden, g), _number(self._faulty, f))
        return Step(
            path, *numbers, instruction.offset, instruction.text, executed,
            tuple(reads), tuple(writes), tuple(stores), struck,
        )  # fmt: skip

    def _is_trap(self, f: int | None) -> bool:
        """Whether the faulty thread trapped in an instruction: then it did not write."""
        trap = self._faulty.trap
        return trap is not None and trap.issued == self._faulty.first + (f if f is not None else -2) + 1

    def _ran(self, track: Track, at: int | None) -> bool | None:
        return None if at is None else bool(track.executed[at])

    # values -------------------------------------------------------------------------------------------

    def _reads(self, instruction: Instruction, g: int | None, f: int | None) -> Iterator[Value]:
        """Everything it reads, before it."""
        floats = uses_floats(instruction)
        for register in instruction.effects.registers_read:
            is_float = floats or self._float_later(g, f, register)
            yield self._register(register, g, f, is_float=is_float)
        for predicate in instruction.effects.predicates_asked:
            yield self._predicate(predicate, g, f)
        if instruction.effects.reads_cc:
            yield self._codes(g, f)

    def _writes(
        self,
        instruction: Instruction,
        g: int | None,
        f: int | None,
        executed: tuple[bool | None, bool | None],
    ) -> Iterator[Value]:
        """Everything it writes, behind it, where it was executed."""
        if not any(executed):
            return
        after_g, after_f = (None if k is None else k + 1 for k in (g, f))
        made = makes_float(instruction)
        for register in instruction.effects.registers_written:
            is_float = self._float_later(after_g, after_f, register) if made is None else made
            yield self._register(register, after_g, after_f, is_float=is_float)
        for predicate in instruction.effects.predicates_written:
            yield self._predicate(predicate, after_g, after_f)
        if instruction.effects.writes_cc:
            yield self._codes(after_g, after_f)

    def _misdirected(self, named: set[str], g: int, f: int) -> Iterator[Value]:
        """Registers that the struck instruction changed and does not name."""
        before = self._golden.registers[g] != self._faulty.registers[f]
        after = self._golden.registers[g + 1] != self._faulty.registers[f + 1]
        for register in np.flatnonzero(after & ~before).tolist():
            if f"R{register}" not in named:
                is_float = self._float_later(g + 1, f + 1, register)
                yield self._register(register, g + 1, f + 1, is_float=is_float)

    def struck_register(self, register: int) -> Value:
        """A register right before the struck instruction, golden and (RF: struck already) faulty."""
        at = self._struck - self._faulty.first
        return self._register(register, at, at, is_float=self._float_later(at, at, register))

    def _register(self, register: int, g: int | None, f: int | None, *, is_float: bool) -> Value:
        golden = None if g is None else int(self._golden.registers[g, register])
        faulty = None if f is None else int(self._faulty.registers[f, register])
        return Value(f"R{register}", golden, faulty, is_float)

    def _predicate(self, predicate: int, g: int | None, f: int | None) -> Value:
        golden = None if g is None else int(self._golden.predicates[g, predicate])
        faulty = None if f is None else int(self._faulty.predicates[f, predicate])
        return Value(f"P{predicate}", golden, faulty)

    def _codes(self, g: int | None, f: int | None) -> Value:
        return Value("CC", _flags(self._golden, g), _flags(self._faulty, f))

    def _float_later(self, g: int | None, f: int | None, register: int) -> bool:
        """By the golden track, or the faulty one where there is no golden instruction."""
        side = 0 if g is not None else 1
        track, at = (self._golden, g) if g is not None else (self._faulty, f)

        def stores_float(step: int) -> bool:
            stored = [t for t in self._touches[side].get(step, ()) if t.kind is AccessKind.GLOBAL_STORE]
            return not stored or self._map.spot(self._base + stored[0].offset).is_float

        return at is not None and is_read_as_float(self._program, track.pcs, at, register, stores_float)

    # stores -------------------------------------------------------------------------------------------

    def _stores(self, g: int | None, f: int | None) -> Iterator[Stored]:
        """The words it stored."""
        golden = [t for t in self._touches[0].get(-1 if g is None else g, ()) if t.is_store]
        faulty = [t for t in self._touches[1].get(-1 if f is None else f, ()) if t.is_store]
        one, other = (found[0] if found else None for found in (golden, faulty))
        size = max((len(t.data) for t in (*golden, *faulty)), default=0)
        for start in range(0, size, 4):
            yield self._stored(one, other, start, min(4, size - start))

    def _stored(self, golden: Touch | None, faulty: Touch | None, start: int, nbytes: int) -> Stored:
        kind = next(t.kind for t in (faulty, golden) if t is not None)
        one, other = (_word(t, start, nbytes) for t in (golden, faulty))
        if kind in _NEAR:
            offsets = [f"{t.offset + start:#x}" for t in (golden, faulty) if t is not None]
            place = " / ".join(dict.fromkeys(offsets))
            return Stored(f"{_NEAR[kind]} memory {place}", None, None, one, other, 8 * nbytes, is_float=True)
        spots = [
            None if t is None else self._map.spot(self._base + t.offset + start) for t in (golden, faulty)
        ]
        spot = spots[1] or spots[0]
        assert spot is not None
        return Stored(spot.name, spots[0], spots[1], one, other, 8 * nbytes, is_float=spot.is_float)


def _by_step(track: Track) -> dict[int, list[Touch]]:
    found: dict[int, list[Touch]] = {}
    for touch in track.touches:
        found.setdefault(touch.step, []).append(touch)
    return found


def _word(touch: Touch | None, start: int, nbytes: int) -> int | None:
    return None if touch is None else int.from_bytes(touch.data[start : start + nbytes], "little")


def _number(track: Track, at: int | None) -> int | None:
    return None if at is None else track.first + at


def _flags(track: Track, at: int | None) -> int | None:
    """Z, S, C, O as a word, Z lowest, as faults count them."""
    return None if at is None else sum(int(flag != 0) << k for k, flag in enumerate(track.codes[at].tolist()))
