"""One injection from draw to row."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np

from sassafras.campaign.faulty_launch import FaultyLaunch, LaunchEffect
from sassafras.campaign.full_engine import infer_in_full
from sassafras.campaign.golden import GoldenRun
from sassafras.campaign.outcome import MaskedReason, Outcome, Severity, judge, top_class
from sassafras.campaign.propagate import Propagation, Sweep
from sassafras.campaign.record import Injection
from sassafras.campaign.traced import register_fate, run_golden, strike_points, struck_threads
from sassafras.campaign.workbench import Workbench
from sassafras.emulator.machine import Machine
from sassafras.faults.model import Draw, Fault, Mode
from sassafras.faults.resolve import resolve
from sassafras.faults.targets import Selection
from sassafras.isa.groups import Group


@dataclass(frozen=True)
class Rules:
    """What injections of a campaign share: groups, watchdog factor, engine (``full``: every launch emulated
    to the end).
    """

    groups: frozenset[Group] | None
    watchdog: int
    full: bool


class Injector:
    """Runs draws on a workbench."""

    def __init__(self, bench: Workbench, rules: Rules) -> None:
        self._bench = bench
        self._rules = rules

    def inject(self, draw: Draw, longest: int) -> Injection:
        """Run one fault. ``longest``: dynamic instructions of the launch's longest golden thread.

        Raises FaultNotReached when its site does not occur (an error of ours, not an outcome).
        """
        golden = self._bench.golden(draw.frame)
        golden.go_before(draw.launch)
        planned = golden.plan[draw.launch]
        machine = self._bench.machine(planned.kernel)
        selection = Selection(draw.mode, draw.model, self._rules.groups)
        struck = struck_threads(draw, planned.launch)
        threads = run_golden(machine, planned.launch, golden.memory, draw.block, struck, longest)
        fault = resolve(draw, selection, machine.program, threads.traces[draw.thread])
        points = strike_points(fault, threads.traces)
        row = self._blank_row(golden, machine, fault)
        fate = self._register_fates(machine, fault, points, threads.traces)
        if fate is not None and not self._rules.full:
            return replace(row, masked_reason=fate.value)
        launch = FaultyLaunch(golden, machine, fault, points, threads, self._rules.watchdog * longest)
        return self._finish(golden, row, fault, launch, fate)

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

    def _finish(
        self, golden: GoldenRun, row: Injection, fault: Fault, launch: FaultyLaunch, fate: MaskedReason | None
    ) -> Injection:
        effect = launch.run(in_full=self._rules.full)
        digits = -(-fault.target.bits // 4)
        before, after = (f"{value:#0{digits + 2}x}" for value in effect.values)
        if fate is None:
            row = replace(row, before=before, after=after)
        if effect.trap is not None:
            return replace(row, outcome=Outcome.DUE.value, due_kind=effect.trap.kind.name, masked_reason=None)
        if len(effect.difference.offsets) == 0:
            if fault.draw.mode is Mode.RF:
                reason = (fate or MaskedReason.NO_EFFECT).value
                return replace(row, masked_reason=reason)
            return row
        return self._judged(golden, replace(row, masked_reason=None), effect)

    def _judged(self, golden: GoldenRun, row: Injection, effect: LaunchEffect) -> Injection:
        if self._rules.full:
            probabilities = infer_in_full(self._bench, golden, row.launch, effect.difference)
            propagation = Propagation(probabilities, None, {})
        else:
            propagation = Sweep(golden, self._bench.live, row.launch, effect.difference).run()
        verdict = judge(golden.probabilities, propagation.probabilities)
        quiet = verdict.severity is Severity.NO_MALFUNCTION
        died = propagation.died_layer
        return replace(
            row,
            outcome=Outcome.SDC.value,
            severity=verdict.severity.value,
            top1=verdict.top1,
            confidence=verdict.confidence,
            top5_changed=int(verdict.top5_changed),
            output_nan=int(verdict.output_nan),
            died_layer=died if died is not None or not quiet else golden.plan[-1].layer,
            differing_bytes=len(effect.difference.offsets),
            corrupted=json.dumps({str(k): v for k, v in sorted(propagation.corrupted.items())}),
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


_EFFECTS = (
    "before", "after", "severity", "due_kind", "masked_reason", "top1", "confidence", "top5_changed",
    "output_nan", "died_layer", "differing_bytes", "corrupted", "probabilities",
)  # fmt: skip
