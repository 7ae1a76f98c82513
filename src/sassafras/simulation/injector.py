"""One injection from draw to row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sassafras.emulator.machine import Machine
from sassafras.emulator.traps import TrapKind
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Draw, Fault, Mode, Scope
from sassafras.faults.models.law import RandomWords
from sassafras.faults.resolve import resolve
from sassafras.faults.targets import Selection
from sassafras.simulation.ending import Ending, Words, ending_of
from sassafras.simulation.faulty_launch import FaultyLaunch
from sassafras.simulation.full_engine import infer_from, infer_in_full
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.golden_threads import golden_threads
from sassafras.simulation.lone_threads import GoldenBlocks, golden_alone, may_run_alone
from sassafras.simulation.memory_strike import MemoryEffect, memory_fault, strike_memory, use_of
from sassafras.simulation.open_wave import OpenWave
from sassafras.simulation.outcome import MaskedReason, Outcome
from sassafras.simulation.proofs import proven_ending
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import read_notice
from sassafras.simulation.record import Injection
from sassafras.simulation.rows_of_faults import row_of_fault
from sassafras.simulation.rules import Rules
from sassafras.simulation.struck_launch import Difference, LaunchEffect
from sassafras.simulation.struck_races import race_of
from sassafras.simulation.traced import (
    GoldenThreads,
    register_fate,
    strike_points,
    struck_threads,
)
from sassafras.simulation.wave import Wave
from sassafras.simulation.workbench import Workbench


@dataclass(frozen=True)
class Left:
    """What the struck launch left that has to be carried on. ``alarm``: what it has raised, where that does
    not end it; ``race``: that the fault makes there.
    """

    words: Words
    difference: Difference
    alarm: Outcome | None
    race: str | None = None


@dataclass(frozen=True)
class Waiting:
    """What has to be known of a fault that the wave carries on, to make its row."""

    fault: Fault
    words: Words
    differing: int
    race: str | None = None


@dataclass
class Found:
    """What has become of faults so far, by id; errors are (id, mode, message)."""

    rows: dict[int, Injection] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    errors: list[tuple[int, str, str]] = field(default_factory=list)


class Injector:
    """Runs draws on a workbench. ``proven``: how many needed no run (`Rules.proofs`)."""

    def __init__(self, bench: Workbench, rules: Rules) -> None:
        self._bench = bench
        self._rules = rules
        self._blocks = GoldenBlocks()
        self.proven = 0

    def inject(self, draw: Draw) -> Injection:
        """Run one fault.

        Raises FaultNotReached when its site does not occur (an error of ours, not an outcome).
        """
        rows, errors = self.inject_all(draw.frame, [draw])
        if errors:
            raise FaultNotReached(errors[0][2])
        return rows[0]

    def inject_all(
        self, frame: int, draws: Sequence[Draw]
    ) -> tuple[list[Injection], list[tuple[int, str, str]]]:
        """Run faults of one frame, moving through the launches once.

        Returns rows in order of id, and (id, mode, message) of faults that were not reached.
        """
        golden = self._bench.golden(frame)
        at_launch: dict[int, list[Draw]] = {}
        for draw in draws:
            at_launch.setdefault(draw.launch, []).append(draw)
        wave = None if self._rules.full else self._wave(golden)
        found = Found()
        for number in range(min(at_launch, default=0), len(golden.plan)):
            golden.go_before(number)
            # Those of one block are neighbours, and share its golden run.
            here = sorted(at_launch.get(number, ()), key=lambda d: d.block)
            self._run_all(golden, wave, [d for d in here if d.mode is Mode.MEM], found)
            if wave is not None:
                wave.advance(number)
            self._run_all(golden, wave, [d for d in here if d.mode is not Mode.MEM], found)
        for number, propagation in ({} if wave is None else wave.finished).items():
            found.rows[number] = self._judged(golden, found.waiting[number], propagation)
        return [found.rows[number] for number in sorted(found.rows)], found.errors

    def _run_all(
        self, golden: GoldenRun, wave: Wave | OpenWave | None, draws: Sequence[Draw], found: Found
    ) -> None:
        """Strike in one launch."""
        for draw in draws:
            try:
                ended = self._run(golden, wave, draw)
            except FaultNotReached as error:
                found.errors.append((draw.id, draw.mode.value, str(error)))
                continue
            if isinstance(ended, Waiting):
                found.waiting[draw.id] = ended
            else:
                found.rows[draw.id] = ended

    def _wave(self, golden: GoldenRun) -> Wave | OpenWave:
        if any(seen is not None for seen in golden.observed):
            return OpenWave(golden, self._rules.watchdog)
        return Wave(golden, self._bench.live)

    def _run(self, golden: GoldenRun, wave: Wave | OpenWave | None, draw: Draw) -> Injection | Waiting:
        """Strike; the row is made unless the wave has taken the fault. ``wave`` None: the full engine."""
        if draw.mode is Mode.MEM:
            return self._run_memory(golden, wave, draw)
        fault, found = self._strike(golden, draw)
        if isinstance(found, Ending):
            return self._row(golden, fault, found)
        waiting = Waiting(fault, found.words, len(found.difference.offsets), found.race)
        if wave is None:
            watchdog = self._rules.watchdog
            ended = infer_in_full(self._bench, golden, draw.launch, found.difference, found.alarm, watchdog)
            return self._judged(golden, waiting, ended)
        wave.enter(draw.launch, draw.id, found.difference, found.alarm)
        return waiting

    def _run_memory(self, golden: GoldenRun, wave: Wave | OpenWave | None, draw: Draw) -> Injection | Waiting:
        """As `_run`, of a fault in memory: it is carried through its own launch, too."""
        fault = memory_fault(golden, draw)
        effect = strike_memory(golden, fault, self._rules.ecc)
        words = Words.of(fault, (effect.before, effect.after))
        ended, number = _without_reader(golden, draw.launch, effect, words), draw.launch
        if ended is not None and not (self._rules.full and ended.outcome is Outcome.MASKED):
            return self._row(golden, fault, ended)
        waiting = Waiting(fault, words, len(effect.difference.offsets))
        if wave is not None:
            wave.enter_before(number, draw.id, effect.difference)
            return waiting
        found = infer_from(self._bench, golden, number, effect.difference, self._rules.watchdog)
        if ended is None:
            return self._judged(golden, waiting, found)
        if found.trap is not None or found.result.tobytes() != golden.result.tobytes():
            raise FaultNotReached(f"fault {draw.id}: what no launch should read has changed the result")
        return self._row(golden, fault, ended)

    def _strike(self, golden: GoldenRun, draw: Draw) -> tuple[Fault, Ending | Left]:
        planned = golden.plan[draw.launch]
        machine = self._bench.machine(planned.spec)
        draw = self.settled(draw, machine, golden)
        struck = struck_threads(draw, planned.launch)
        threads = self._golden_threads(golden, machine, draw, struck)
        fault = self.find_fault(draw, machine, threads, golden)
        proven = proven_ending(golden, machine, fault, threads) if self._rules.proofs else None
        if proven is not None:
            self.proven += 1
            return fault, proven
        points = strike_points(fault, threads.traces)
        fate = self._register_fates(machine, fault, points, threads.traces)
        if fate is not None and not self._rules.full:
            return fault, Ending(outcome=Outcome.MASKED, words=Words(), masked_reason=fate)
        watchdog = self._rules.watchdog
        race = race_of(golden, fault, points, watchdog) if fate is None else None
        launch = FaultyLaunch(golden, machine, fault, points, threads, watchdog, self._blocks)
        found = self._after_launch(fault, launch.run(in_full=self._rules.full), fate)
        return fault, replace(found, race=race)

    def settled(self, draw: Draw, machine: Machine, golden: GoldenRun) -> Draw:
        """The draw with one thread or its warp, where the model's table of lanes decides: by the instruction
        that is struck.
        """
        if draw.scope is not Scope.LANES:
            return draw
        alone = replace(draw, scope=Scope.THREAD)
        threads = self._golden_threads(golden, machine, alone, (draw.thread,))
        fault, lanes = self.find_fault(alone, machine, threads, golden), draw.model.file.lanes
        assert lanes is not None, "the settings ask for it"
        instruction = machine.program.instructions[fault.pc]
        many = lanes.strikes_many(instruction, RandomWords(draw.bit_word, draw.value_word))
        return replace(draw, scope=Scope.WARP) if many else alone

    def _golden_threads(
        self, golden: GoldenRun, machine: Machine, draw: Draw, struck: Sequence[int]
    ) -> GoldenThreads:
        """What the struck threads do in the golden run."""
        number = draw.launch
        if len(struck) == 1 and may_run_alone(golden, machine, number):
            block = number, draw.block
            found = golden_alone(golden, machine, self._blocks, block, draw.thread, draw.longest)
            if found is not None:
                return found
        return golden_threads(golden, machine, number, draw.block, struck, draw.longest)

    def find_fault(self, draw: Draw, machine: Machine, threads: GoldenThreads, golden: GoldenRun) -> Fault:
        """The fault that a draw means in the golden threads of its launch. Raises FaultNotReached."""
        selection = Selection(draw.mode, draw.model, self._rules.groups)
        trace = threads.traces[draw.thread]
        return resolve(draw, selection, machine.program, trace, self._rules.ioa_register)

    def _register_fates(
        self, machine: Machine, fault: Fault, points: dict[int, int], traces: dict[int, np.ndarray]
    ) -> MaskedReason | None:
        """Of a register-file fault: why it cannot matter to any struck thread (the first thread's reason),
        None if it may.
        """
        if fault.draw.mode is not Mode.RF:
            return None
        fates = [
            register_fate(machine.program, traces[thread], start, fault.target.index)
            for thread, start in points.items()
        ]
        return fates[0] if all(fate is not None for fate in fates) else None

    def _after_launch(self, fault: Fault, effect: LaunchEffect, fate: MaskedReason | None) -> Ending | Left:
        """What the struck launch says of the end. ``fate``: what the golden trace has proven."""
        words = Words() if fate is not None else Words.of(fault, effect.values)
        if effect.trap is not None:
            return Ending(outcome=Outcome.DUE, words=words, due_kind=effect.trap.kind)
        notice = read_notice(effect.difference, self._bench.workload)
        if notice.outcome is not None:
            return Ending(outcome=notice.outcome, words=words)
        if len(notice.difference.offsets) == 0:
            reason = (fate or MaskedReason.NO_EFFECT) if fault.draw.mode is Mode.RF else None
            return Ending(outcome=Outcome.MASKED, words=words, masked_reason=reason)
        return Left(words, notice.difference, notice.alarm)

    def _judged(self, golden: GoldenRun, waiting: Waiting, found: Propagation) -> Injection:
        judge, words, differing = self._bench.workload.judge, waiting.words, waiting.differing
        if found.trap is not None:
            ending = Ending(outcome=Outcome.DUE, words=words, due_kind=found.trap.kind)
        else:
            ending = ending_of(golden.result, found, words, differing, self._rules, judge)
        return self._row(golden, waiting.fault, replace(ending, race=waiting.race or found.race))

    def _row(self, golden: GoldenRun, fault: Fault, ending: Ending) -> Injection:
        return row_of_fault(self._bench, golden, fault, ending)


def _without_reader(golden: GoldenRun, number: int, effect: MemoryEffect, words: Words) -> Ending | None:
    """How a memory fault ends of which no launch gets a wrong byte; None: one does."""
    if use_of(golden, number, effect.detected).read.any():
        return Ending(outcome=Outcome.DUE, words=words, due_kind=TrapKind.UNCORRECTABLE_ECC)
    use = use_of(golden, number, effect.difference.offsets)
    if use.read.any():
        return None
    if use_of(golden, number, effect.corrected).read.any():
        return Ending(outcome=Outcome.MASKED, words=words, masked_reason=MaskedReason.CORRECTED)
    unread = np.concatenate([effect.difference.offsets, effect.detected, effect.corrected])
    unchanged = effect.before == effect.after
    reason = MaskedReason.NO_EFFECT if unchanged else use_of(golden, number, unread).unread_reason
    return Ending(outcome=Outcome.MASKED, words=words, masked_reason=reason)
