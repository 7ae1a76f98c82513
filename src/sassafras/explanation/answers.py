"""What the output says with and without a fault, and the input as a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sassafras.explanation.layers import Journey
from sassafras.explanation.replay import Replay
from sassafras.explanation.story import ClassChange, Said
from sassafras.simulation.outcome import Severity
from sassafras.workload.inputs import Input


def picture_of(given: Input) -> NDArray[np.float32] | None:
    """The input where it can be shown: float32 of one or three channels, height, width."""
    first = given.arrays[0] if given.arrays else np.empty(0, np.float32)
    return first if len(given.arrays) == 1 and first.ndim == 3 and len(first) in (1, 3) else None


def classes_of(again: Replay, journey: Journey) -> tuple[ClassChange, ...]:
    """Every class's probability; none where answers have none."""
    judgement, row = again.golden.workload.judgement, again.case.row
    if again.golden.workload.vocabulary.pairs:
        return ()  # right or wrong: no shares
    golden, faulty = (judgement.scores(journey.golden, found) for found in (journey.golden, journey.result))
    before = judgement.named(row.top1_golden)
    after = () if row.top1 is None or row.output_nan else judgement.named(row.top1)
    return tuple(
        ClassChange(name, one, other, (place in before, place in after))
        for place, (name, one, other) in enumerate(zip(judgement.classes, golden, faulty, strict=True))
    )


def says_of(again: Replay, journey: Journey) -> Said | None:
    """The faulty answer; None where there is none that is finite."""
    judgement, row = again.golden.workload.judgement, again.case.row
    if row.top1 is None or row.severity is Severity.INVALID_OUTPUT:
        return None
    scores = judgement.scores(journey.golden, journey.result)
    return Said(judgement.answers[row.top1], judgement.certainty(row.top1, scores))
