"""How a faulty result is judged beside the golden one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict, classify


class Judgement(ABC):
    """``answers``: names of what a result can say; a verdict's ``top1`` is the number of one. The golden
    result's own answer is the verdict on it beside itself.
    """

    answers: tuple[str, ...]

    @abstractmethod
    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """What a faulty result is worth."""

    def scores(self, golden: Result, faulty: Result) -> Sequence[float]:
        """For each answer, how much the faulty result says so: here, 1 for its answer and 0 for others."""
        given = self.judge(golden, faulty).top1
        return [float(number == given) for number in range(len(self.answers))]


@dataclass(frozen=True)
class Classes(Judgement):
    """Of a result that holds one probability per class: the largest one is the answer (`classify`)."""

    answers: tuple[str, ...]

    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """As `Judgement` says."""
        return classify(golden.numbers, faulty.numbers)

    def scores(self, golden: Result, faulty: Result) -> Sequence[float]:
        """The probabilities."""
        found: list[float] = faulty.numbers.tolist()
        return found
