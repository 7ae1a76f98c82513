"""Conditions on a campaign: whether they are true of it. Their text: `sassafras.analysis.condition_text`."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.events import Event, occurred
from sassafras.campaign.design.from_store import COUNTED
from sassafras.errors import UsageError
from sassafras.faults.model import FaultModel, Mode

if TYPE_CHECKING:
    from sassafras.analysis.sampling import Sampling


class Field(StrEnum):
    """Which number of an event a condition is about."""

    LOW = "low"  #: lower end of the 95 % interval of the share
    HIGH = "high"  #: upper end of the 95 % interval of the share
    SHARE = "share"  #: injections with the event / chosen injections, or what the sampling makes of them
    COUNT = "count"  #: injections with the event


class Relation(StrEnum):
    """When a condition is true."""

    AT_LEAST = ">="
    AT_MOST = "<="
    ABOVE = ">"
    BELOW = "<"


_HOLDS: dict[Relation, Callable[[float, float], bool]] = {
    Relation.AT_LEAST: operator.ge,
    Relation.AT_MOST: operator.le,
    Relation.ABOVE: operator.gt,
    Relation.BELOW: operator.lt,
}


@dataclass(frozen=True)
class Condition:
    """A condition as parsed. ``text``: as typed. ``mode``, ``kernel``, ``layer``, ``model`` None: of all."""

    text: str
    event: Event
    field: Field
    relation: Relation
    value: float
    mode: Mode | None = None
    kernel: str | None = None
    layer: int | None = None
    model: FaultModel | None = None


@dataclass(frozen=True, eq=False)
class Evidence:
    """What conditions are judged on: finished injections (``mode``, ``kernel``, ``layer``, ``outcome``,
    ``severity``), the modes and kernels of the campaign, and the network's layers (None: not known).
    ``sampling``: how the injections were chosen; None: uniformly, as many as fixed beforehand.
    ``critical``: what ``CRITICAL`` means. ``models``: the fault models of each mode (None: not known).
    """

    injections: pd.DataFrame = field(repr=False)
    modes: tuple[Mode, ...]
    kernels: tuple[str, ...]
    layers: tuple[int, ...] | None
    sampling: Sampling | None = None
    critical: Criticality = PLAIN
    models: Mapping[Mode, tuple[FaultModel, ...]] | None = None

    def models_of(self, mode: Mode | None) -> tuple[FaultModel, ...] | None:
        """The fault models of a mode (None: of any); None where that is not known."""
        if self.models is None:
            return None
        return tuple(
            dict.fromkeys(model for m, own in self.models.items() if mode in (None, m) for model in own)
        )


@dataclass(frozen=True)
class Judged:
    """A condition and the campaign's numbers: ``count`` events of ``trials`` chosen injections, the 95 %
    interval of their share, the ``number`` that was compared, and whether the condition is true (a reason to
    fail). ``how``: how share and interval were estimated, "" where injections were counted. ``note``: what
    the condition does not see, or "".
    """

    condition: Condition
    count: int
    trials: int
    low: float
    high: float
    number: float
    is_true: bool
    how: str = ""
    note: str = ""

    @property
    def measured(self) -> str:
        """The number that was compared and what it was made of: "2.09 % (12 of 1000; 95 %: 0.622–2.09 %)"."""
        if self.condition.field is Field.COUNT:
            return f"{self.count} of {self.trials}"
        if self.how == COUNTED and self.low == self.high:
            return f"{percent(self.number)} % ({COUNTED}; {self.count} of {self.trials} kinds)"
        bounds = f"{percent(self.low)}–{percent(self.high)} %"
        how = f"{self.how}, " if self.how else ""
        return f"{percent(self.number)} % ({self.count} of {self.trials}; {how}95 %: {bounds})"


def percent(share: float) -> str:
    """A share in percent, with as many digits as tell a rare event from none: 0, 0.0123, 1.23, 12.3."""
    number = share * 100
    if number == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(number))) if number < 100 else 1
    return f"{number:.{min(digits, 6)}f}"


def check_names(condition: Condition, evidence: Evidence) -> None:
    """Raise UsageError where the condition names a mode, kernel, layer or fault model that the campaign does
    not have.
    """
    known: dict[str, tuple[object, tuple[object, ...] | None]] = {
        "mode": (condition.mode, evidence.modes),
        "kernel": (condition.kernel, evidence.kernels),
        "layer": (condition.layer, evidence.layers),
        "fault model": (condition.model, evidence.models_of(condition.mode)),
    }
    for kind, (wanted, there) in known.items():
        if wanted is not None and there is not None and wanted not in there:
            names = ", ".join(str(name) for name in there)
            where = f"mode {condition.mode}" if kind == "fault model" and condition.mode else "the campaign"
            raise UsageError(f"condition '{condition.text}': no {kind} {wanted} in {where}; it has: {names}")


def judge(condition: Condition, evidence: Evidence) -> Judged:
    """Whether a condition is true of a campaign. Share and interval are those of the campaign's own tables:
    weighted over strata, anytime-valid where the data said when to stop (`sassafras.analysis.estimates`).

    Where nothing was injected, a share may be anything from 0 to 1: ``low`` is 0, ``high`` is 1, ``share``
    does not exist. Raises UsageError for that, and for names that the campaign does not have.
    """
    judged = _judge(condition, evidence)
    if condition.event is not Event.MALFUNCTION or judged.is_true:
        return judged
    with_invalid = _judge(_of_the_sum(condition), evidence)
    return replace(judged, note=_left_out(with_invalid)) if with_invalid.is_true else judged


def _of_the_sum(condition: Condition) -> Condition:
    """The same condition on MALFUNCTION and INVALID_OUTPUT together."""
    event = Event.PAPER_MALFUNCTION
    text = re.sub(r"^\s*\w+", event.value, condition.text)
    return replace(condition, event=event, text=text)


def _left_out(judged: Judged) -> str:
    return (
        f"passes only because invalid outputs (NaN, infinity) are an outcome of their own: with them it is "
        f'{judged.measured}; to judge the sum: --fail-if "{judged.condition.text}"'
    )


def _judge(condition: Condition, evidence: Evidence) -> Judged:
    from sassafras.analysis.estimates import Place, Sample
    from sassafras.analysis.sampling import Sampling
    from sassafras.analysis.weighted import Estimate

    check_names(condition, evidence)
    rows, place = (
        evidence.injections,
        Place(condition.mode, condition.kernel, condition.layer, condition.model),
    )
    hits, there = occurred(rows, condition.event, evidence.critical), place.inside(rows)
    count, trials = int((hits & there).sum()), int(there.sum())
    if condition.field is Field.SHARE and not trials:
        raise UsageError(
            f"condition '{condition.text}': nothing was injected there, so there is no share; "
            "ask for .high, .low or .count, or inject more"
        )
    sample = Sample(rows, evidence.modes, evidence.sampling or Sampling())
    try:
        of = sample.proportion(place, hits)
    except UsageError as error:
        raise UsageError(f"condition '{condition.text}': {error}") from None
    found = of.estimate() if trials else Estimate(math.nan, 0.0, 1.0)
    numbers = {
        Field.LOW: found.low,
        Field.HIGH: found.high,
        Field.SHARE: found.value,
        Field.COUNT: float(count),
    }
    number = numbers[condition.field]
    is_true = _HOLDS[condition.relation](number, condition.value)
    return Judged(condition, count, trials, found.low, found.high, number, is_true, sample.words(of))
