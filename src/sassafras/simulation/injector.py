"""One injection from draw to row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.machine import Machine
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Draw, Fault, Mode
from sassafras.faults.resolve import resolve
from sassafras.faults.targets import Selection
from sassafras.simulation.faulty_launch import FaultyLaunch, LaunchEffect
from sassafras.simulation.full_engine import infer_in_full
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.outcome import MaskedReason, Outcome, judge, top_class
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import read_notice, verdict
from sassafras.simulation.record import Injection, changed
from sassafras.simulation.rules import Rules
from sassafras.simulation.traced import (
    GoldenThreads,
    register_fate,
    run_golden,
    strike_points,
    struck_threads,
)
from sassafras.simulation.wave import Wave
from sassafras.simulation.workbench import Workbench


@dataclass(frozen=True)
class Started:
    """A fault that has been struck: its row so far, and the effect that still has to be carried on (None: the
    row is complete). ``alarm``: what the struck launch has raised, where that does not end it.
    """

    row: Injection
    effect: LaunchEffect | None
    alarm: Outcome | None = None


class Injector:
    """Runs draws on a workbench."""

    def __init__(self, bench: Workbench, rules: Rules) -> None:
        self._bench = bench
        self._rules = rules

    def inject(self, draw: Draw, longest: int) -> Injection:
        """Run one fault. ``longest``: dynamic instructions of the launch's longest golden thread.

        Raises FaultNotReached when its site does not occur (an error of ours, not an outcome).
        """
        rows, errors = self.inject_all(draw.frame, [(draw, longest)])
        if errors:
            raise FaultNotReached(errors[0][2])
        return rows[0]

    def inject_all(
        self, frame: int, items: Sequence[tuple[Draw, int]]
    ) -> tuple[list[Injection], list[tuple[int, str, str]]]:
        """Run faults of one frame, each with its launch's longest golden thread, moving through the launches
        once.

        Returns rows in order of id, and (id, mode, message) of faults that were not reached.
        """
        golden = self._bench.golden(frame)
        at_launch: dict[int, list[tuple[Draw, int]]] = {}
        for draw, longest in items:
            at_launch.setdefault(draw.launch, []).append((draw, longest))
        wave = None if self._rules.full else Wave(golden, self._bench.live)
        rows: dict[int, Injection] = {}
        errors = []
        for number in range(min(at_launch, default=0), len(golden.plan)):
            golden.go_before(number)
            if wave is not None:
                wave.advance(number)
            for draw, longest in at_launch.get(number, ()):
                try:
                    rows[draw.id] = self._start_one(golden, wave, draw, longest)
                except FaultNotReached as error:
                    errors.append((draw.id, draw.mode.value, str(error)))
        finished = {} if wave is None else wave.finished
        for fault, propagation in finished.items():
            rows[fault] = self._judged(golden, rows[fault], propagation)
        return [rows[fault] for fault in sorted(rows)], errors

    def _start_one(self, golden: GoldenRun, wave: Wave | None, draw: Draw, longest: int) -> Injection:
        """Strike; the row is complete unless the wave has taken the fault. ``wave`` None: the full engine."""
        started = self._strike(golden, draw, longest)
        if started.effect is None:
            return started.row
        difference = started.effect.difference
        row = changed(started.row, differing_bytes=len(difference.offsets))
        if wave is None:
            ended = infer_in_full(self._bench, golden, draw.launch, difference, started.alarm)
            return self._judged(golden, row, ended)
        wave.enter(draw.launch, draw.id, difference, started.alarm)
        return row

    def _strike(self, golden: GoldenRun, draw: Draw, longest: int) -> Started:
        planned = golden.plan[draw.launch]
        machine = self._bench.machine(planned.spec)
        struck = struck_threads(draw, planned.launch)
        shared = None
        if machine.barrier and len(struck) == 1:
            private = planned.spec.owner_of is not None  # every byte that is stored is its owner's alone
            shared = machine.watch(
                planned.launch, golden.memory, draw.block, draw.thread, longest, private=private
            )
            golden.put_before(draw.launch)
        threads = run_golden(machine, planned.launch, golden.memory, draw.block, struck, longest, shared)
        fault = self.find_fault(draw, machine, threads, golden)
        points = strike_points(fault, threads.traces)
        row = self._blank_row(golden, machine, fault)
        fate = self._register_fates(machine, fault, points, threads.traces)
        if fate is not None and not self._rules.full:
            return Started(changed(row, masked_reason=fate.value), None)
        launch = FaultyLaunch(golden, machine, fault, points, threads, longest, self._rules.watchdog)
        return self._outcome(row, fault, launch.run(in_full=self._rules.full), fate)

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

    def _outcome(
        self, row: Injection, fault: Fault, effect: LaunchEffect, fate: MaskedReason | None
    ) -> Started:
        digits = -(-fault.target.bits // 4)
        before, after = (f"{value:#0{digits + 2}x}" for value in effect.values)
        if fate is None:
            row = changed(row, before=before, after=after)
        if effect.trap is not None:
            return Started(changed(row, outcome=Outcome.DUE.value, due_kind=effect.trap.kind.name), None)
        notice = read_notice(effect.difference, self._bench.network)
        if notice.outcome is not None:
            return Started(changed(row, outcome=notice.outcome.value), None)
        effect = LaunchEffect(None, notice.difference, effect.values)
        if len(effect.difference.offsets) == 0:
            if fault.draw.mode is Mode.RF:
                row = changed(row, masked_reason=(fate or MaskedReason.NO_EFFECT).value)
            return Started(row, None)
        return Started(changed(row, outcome=Outcome.SDC.value), effect, notice.alarm)

    def _judged(self, golden: GoldenRun, row: Injection, propagation: Propagation) -> Injection:
        noticed = verdict(
            propagation.alarm, golden=_same_bits(golden.probabilities, propagation.probabilities)
        )
        if noticed is not None:
            return changed(row, outcome=noticed.value, differing_bytes=None)
        judged = judge(golden.probabilities, propagation.probabilities)
        followed = not self._rules.full  # the full engine does not look at what lies between
        corrupted = {str(k): v for k, v in sorted(propagation.corrupted.items())}
        return changed(
            row,
            severity=judged.severity.value,
            top1=judged.top1,
            confidence=judged.confidence,
            top5_changed=int(judged.top5_changed),
            output_nan=int(judged.output_nan),
            largest_change=judged.largest_change,
            died_layer=propagation.died_layer,
            corrupted=json.dumps(corrupted) if followed else None,
            probabilities=propagation.probabilities.astype("<f4").tobytes(),
        )

    def _blank_row(self, golden: GoldenRun, machine: Machine, fault: Fault) -> Injection:
        """The row of a masked fault: everything but what became of it."""
        draw, planned = fault.draw, golden.plan[fault.site.launch]
        instruction = machine.program.instructions[fault.pc]
        best = top_class(golden.probabilities)
        nothing = dict.fromkeys(_EFFECTS)
        return Injection(
            id=draw.id,
            mode=draw.mode.value,
            model=draw.model.value,
            scope=draw.scope.value,
            frame=draw.frame,
            launch=draw.launch,
            kernel=planned.kernel,
            invocation=planned.invocation,
            layer=planned.layer,
            block=draw.block,
            thread=draw.thread,
            instruction=fault.site.instruction,
            offset=instruction.offset,
            opcode=".".join((instruction.opcode, *instruction.modifiers)),
            sass=instruction.text,
            target=fault.target.kind.value,
            target_index=fault.target.index,
            outcome=Outcome.MASKED.value,
            top1_golden=best,
            confidence_golden=float(golden.probabilities[best]),
            **nothing,
        )


def _same_bits(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    return one.tobytes() == other.tobytes()


_EFFECTS = (
    "before", "after", "severity", "due_kind", "masked_reason", "top1", "confidence", "top5_changed",
    "output_nan", "largest_change", "died_layer", "differing_bytes", "corrupted", "probabilities",
)  # fmt: skip
