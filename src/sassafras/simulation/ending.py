"""How a fault ended: the columns of its row that its site does not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import Fault
from sassafras.simulation.kept_output import keep
from sassafras.simulation.outcome import MaskedReason, Outcome
from sassafras.simulation.propagation import Propagation
from sassafras.simulation.raised_alarms import verdict
from sassafras.simulation.rules import Rules
from sassafras.workload.result import Result
from sassafras.workload.verdict import Severity, Verdict


@dataclass(frozen=True)
class Words:
    """The struck word before and after, in hex; None: proven masked, not run."""

    before: str | None = None
    after: str | None = None

    @classmethod
    def of(cls, fault: Fault, values: tuple[int, int]) -> Words:
        """The struck bits before and after, in all their digits."""
        digits = -(-fault.target.bits // 4)
        before, after = (f"{value:#0{digits + 2}x}" for value in values)
        return cls(before, after)


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Of each field, what the column of that name says (`record.Injection`)."""

    outcome: Outcome
    words: Words
    severity: Severity | None = None
    due_kind: TrapKind | None = None
    masked_reason: MaskedReason | None = None
    top1: int | None = None
    confidence: float | None = None
    top5_changed: int | None = None
    output_nan: int | None = None
    largest_change: float | None = None
    died_part: int | None = None
    differing_bytes: int | None = None
    corrupted: str | None = None
    output: bytes | None = None
    output_places: bytes | None = None
    output_digest: str | None = None
    race: str | None = None


def ending_of(
    golden: Result,
    found: Propagation,
    words: Words,
    differing: int,
    rules: Rules,
    judge: Callable[[Result, Result], Verdict],
) -> Ending:
    """The ending of a difference of so many bytes that went on behind the struck launch. ``golden``: the
    fault-free output; ``judge``: what its workload says of a result.
    """
    noticed = verdict(found.alarm, golden=golden.tobytes() == found.result.tobytes())
    if noticed is not None:
        return Ending(outcome=noticed, words=words)
    judged = judge(golden, found.result)
    corrupted = {str(k): v for k, v in sorted(found.corrupted.items())}
    followed = not rules.full  # the full engine does not look at what lies between
    kept = keep(golden.numbers, found.result.numbers, rules.outputs)
    return Ending(
        outcome=Outcome.SDC,
        words=words,
        severity=judged.severity,
        top1=judged.top1,
        confidence=judged.confidence,
        top5_changed=int(judged.top5_changed),
        output_nan=int(judged.output_nan),
        largest_change=judged.largest_change,
        died_part=found.died_layer,
        differing_bytes=differing,
        corrupted=json.dumps(corrupted) if followed else None,
        output=kept.values,
        output_places=kept.places,
        output_digest=kept.digest,
    )
