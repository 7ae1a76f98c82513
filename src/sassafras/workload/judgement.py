"""How a faulty result is judged beside the golden one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sassafras.workload.result import Result
from sassafras.workload.verdict import Verdict, classify


class Judgement(ABC):
    """``answers``: names of what a result can say; a verdict's ``top1`` is the number of one. The golden
    result's own answer is the verdict on it beside itself.
    """

    answers: Sequence[str]

    @property
    def classes(self) -> tuple[str, ...]:
        """What `scores` are of: here, the answers."""
        return tuple(self.answers)

    @property
    def said(self) -> str:
        """What decides verdicts beside results, for the fingerprint of a campaign; "": nothing."""
        return ""

    @abstractmethod
    def judge(self, golden: Result, faulty: Result) -> Verdict:
        """What a faulty result is worth."""

    def scores(self, golden: Result, faulty: Result) -> Sequence[float]:
        """For each class, how much the faulty result says so: here, 1 for its answer and 0 for others."""
        given = self.judge(golden, faulty).top1
        return [float(number == given) for number in range(len(self.answers))]

    def certainty(self, answer: int, scores: Sequence[float]) -> float:
        """How much scores say an answer: here, its own."""
        return scores[answer]

    def named(self, answer: int) -> tuple[int, ...]:
        """Which classes an answer names: here, itself."""
        return (answer,)

    def number_of(self, names: Collection[str]) -> int | None:
        """Number of the answer that names exactly these classes; None: there is none."""
        found = [number for number, name in enumerate(self.answers) if {name} == set(names)]
        return found[0] if found else None


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
