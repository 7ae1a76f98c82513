"""Did the same faults end better? McNemar's exact test on pairs."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.analysis.differences import mcnemar_p_value


@dataclass(frozen=True)
class Paired:
    """Pairs of runs of the same fault: critical before and after
    hardening.

    ``both``, ``only_before``, ``only_after``, ``neither``: pairs; ``p_value``: two-sided, exact.
    """

    both: int
    only_before: int
    only_after: int
    neither: int
    p_value: float

    @property
    def pairs(self) -> int:
        """All pairs."""
        return self.both + self.only_before + self.only_after + self.neither

    @property
    def before(self) -> int:
        """Critical before."""
        return self.both + self.only_before

    @property
    def after(self) -> int:
        """Critical after."""
        return self.both + self.only_after

    @property
    def reduction(self) -> float | None:
        """1 - after / before; None where there was nothing to reduce."""
        return 1 - self.after / self.before if self.before else None


def mcnemar(both: int, only_before: int, only_after: int, neither: int) -> Paired:
    """The exact test (`sassafras.analysis.differences.mcnemar_p_value`): where hardening changes nothing, a
    pair that differs is as likely to differ one way as the other.
    """
    return Paired(both, only_before, only_after, neither, mcnemar_p_value(only_before, only_after))
