"""What one thread did, instruction by instruction, with all it held: golden, and with the fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.armed import ArmedBlock
from sassafras.emulator.layout import AccessKind
from sassafras.emulator.traps import Trap
from sassafras.explanation.replay import Replay
from sassafras.faults.model import Mode, TargetKind
from sassafras.isa.operands import PT
from sassafras.simulation.regions import expand, inside
from sassafras.simulation.strike import strike


@dataclass(frozen=True)
class Touch:
    """A logged access of a thread: a global load, or a store.

    ``step``: index in the track; ``offset``: from the start of the arena, of shared or of local memory;
    ``data``: what
    lies there behind the instruction; ``old``: what lay there before a store.
    """

    step: int
    kind: AccessKind
    offset: int
    data: bytes
    old: bytes

    @property
    def is_store(self) -> bool:
        """Whether it wrote."""
        return self.kind is not AccessKind.GLOBAL_LOAD


@dataclass(frozen=True, eq=False)
class Track:
    """Instructions of one thread from its dynamic instruction ``first`` on.

    ``pcs``: int64 (n,), indexes of the instructions; ``executed``: bool (n,), whether the guard was true.
    ``registers`` uint32 (n + 1, allocated), ``predicates`` uint8 (n + 1, 7), ``codes`` uint8 (n + 1, 4): row
    k is what the thread held before instruction k, the last row what it held in the end. ``ended``: followed
    to its end (or trap). ``trap``: how the block ended, with the registers and the place of the thread that
    trapped.
    """

    first: int
    pcs: NDArray[np.int64]
    executed: NDArray[np.bool_]
    registers: NDArray[np.uint32]
    predicates: NDArray[np.uint8]
    codes: NDArray[np.uint8]
    touches: tuple[Touch, ...]
    ended: bool
    trap: Trapped | None = None

    def __len__(self) -> int:
        return len(self.pcs)


@dataclass(frozen=True, eq=False)
class Trapped:
    """A trap, and the thread that trapped: the instruction where it stands, its registers (a copy), and how
    many instructions it had issued.
    """

    trap: Trap
    pc: int
    registers: NDArray[np.uint32]
    issued: int


@dataclass
class _Recorder:
    """Keeps what a thread of a block holds before each instruction."""

    block: ArmedBlock
    thread: int
    pcs: list[int] = field(default_factory=list)
    registers: list[NDArray[np.uint32]] = field(default_factory=list)
    predicates: list[NDArray[np.uint8]] = field(default_factory=list)
    codes: list[NDArray[np.uint8]] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)

    def look(self) -> None:
        """Keep what the thread holds now."""
        self.registers.append(self.block.registers(self.thread).copy())
        self.predicates.append(self.block.predicates(self.thread).copy())
        self.codes.append(self.block.condition_codes(self.thread).copy())

    def issue(self, act: Callable[[], object]) -> None:
        """Keep what the thread holds, let it issue one instruction, keep what that touched."""
        self.look()
        self.pcs.append(self.block.pc(self.thread))
        used = len(self.block.accesses())
        act()
        for entry in self.block.accesses()[used:]:
            kind, start, nbytes = AccessKind(entry["kind"]), int(entry["offset"]), int(entry["nbytes"])
            data = self.block.bytes_at(kind, self.thread, start, nbytes).tobytes()
            old = entry["old"][:nbytes].tobytes()
            self.touches.append(Touch(len(self.pcs) - 1, kind, start, data, old))

    def forget_store(self) -> None:
        """Leave out the first store of the last instruction: its place has got its content back."""
        last = len(self.pcs) - 1
        where = next(k for k, touch in enumerate(self.touches) if touch.step == last and touch.is_store)
        del self.touches[where]

    def finish(self, first: int, *, ended: bool, trap: Trapped | None = None) -> Track:
        """The track."""
        self.look()
        pcs, predicates = np.array(self.pcs, np.int64), np.stack(self.predicates)
        return Track(
            first,
            pcs,
            _executed(self.block, pcs, predicates),
            np.stack(self.registers),
            predicates,
            np.stack(self.codes),
            tuple(self.touches),
            ended,
            trap,
        )


def _executed(block: ArmedBlock, pcs: NDArray[np.int64], predicates: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which guards were true."""
    result = np.ones(len(pcs), bool)
    for step, pc in enumerate(pcs.tolist()):
        guard = block.machine.program.instructions[pc].guard
        if guard is not None:
            value = guard.index == PT or bool(predicates[step, guard.index])
            result[step] = value != guard.negate
    return result


def follow_golden(replay: Replay, first: int, most: int) -> Track:
    """The struck thread without the fault, from its dynamic instruction ``first`` on, at most ``most`` ones.
    Memory is put back.
    """
    thread = replay.fault.site.thread
    block = _arm(replay, replay.threads.threads)
    recorder = _Recorder(block, thread)
    block.run_until(thread, first)
    while len(recorder.pcs) < most and not block.ended(thread):
        block.run_until(thread, block.issued(thread))  # where it waits, the others go on
        recorder.issue(lambda: block.step(thread))
    block.undo()
    return recorder.finish(first, ended=block.ended(thread))


def follow_faulty(replay: Replay, first: int, most: int) -> Track:
    """The struck thread with the fault, from its dynamic instruction ``first`` (at most that of the strike)
    on. Memory is put back.

    Where it loads what other threads of the launch write, these run before it, in the defined order.
    """
    track = _follow(replay, replay.threads.threads, first, most)
    if not _reads_of_others(replay, track):
        return track
    planned, memory = replay.planned, replay.golden.memory
    replay.machine.run(planned.launch, memory, blocks=range(replay.fault.site.block))
    track = _follow(replay, None, first, most)
    replay.golden.put_before(planned.index)
    return track


def _arm(replay: Replay, threads: tuple[int, ...] | None) -> ArmedBlock:
    site = replay.fault.site
    return replay.machine.arm(replay.planned.launch, replay.golden.memory, site.block, threads)


def _follow(replay: Replay, threads: tuple[int, ...] | None, first: int, most: int) -> Track:
    fault, limit = replay.fault, replay.watchdog
    own, base = fault.site.thread, replay.golden.memory.layout.base
    block = _arm(replay, threads)
    recorder, pending = _Recorder(block, own), dict(replay.points)
    while block.trap is None:
        stops = dict(pending)
        followed = not block.ended(own) and len(recorder.pcs) < most and block.issued(own) < limit
        if followed:
            stops[own] = max(first, block.issued(own))
        if not stops:
            break
        _, thread = block.run_to(stops, limit)
        if thread is None:
            break
        if pending.get(thread) == block.issued(thread):
            del pending[thread]
            if block.pc(thread) == fault.pc:  # else a thread struck before has led this one elsewhere
                _strike(block, recorder, thread, replay, base)
        elif thread == own:
            recorder.issue(lambda: block.step(own))
    if block.trap is None:
        block.run(limit)
    trapped = _trapped(block)
    block.undo()
    ended = block.ended(own) or (trapped is not None and len(recorder.pcs) < most)
    return recorder.finish(first, ended=ended, trap=trapped)


def _strike(block: ArmedBlock, recorder: _Recorder, thread: int, replay: Replay, base: int) -> None:
    """Strike; where the instruction is issued with it, the followed thread's is kept."""
    fault = replay.fault

    def act() -> None:
        mode, rule = fault.draw.mode, fault.ioa_register
        strike(block, thread, mode, fault.target, fault.corruption, base, rule)

    if thread != recorder.thread or fault.draw.mode is Mode.RF:
        act()
        return
    recorder.issue(act)
    if fault.target.kind is TargetKind.STORE_ADDRESS:
        recorder.forget_store()


def _trapped(block: ArmedBlock) -> Trapped | None:
    if block.trap is None:
        return None
    thread = block.trap.thread
    return Trapped(block.trap, block.pc(thread), block.registers(thread).copy(), block.issued(thread))


def _reads_of_others(replay: Replay, track: Track) -> bool:
    """Whether the thread loaded bytes that the launch writes and that are another thread's."""
    loads = [t for t in track.touches if t.kind is AccessKind.GLOBAL_LOAD]
    places = np.array([t.offset for t in loads], np.int64)
    loaded = expand(places, np.array([len(t.data) for t in loads], np.int64))
    loaded = loaded[inside(loaded, replay.golden.writes[replay.planned.index])]
    own = replay.threads.accesses
    own = own[np.isin(own["kind"], (AccessKind.GLOBAL_LOAD, AccessKind.GLOBAL_STORE))]
    return bool((~np.isin(loaded, expand(own["offset"], own["nbytes"]))).any())
