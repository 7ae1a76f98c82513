"""Campaigns beside each other: shares, differences from the first one, and tests.

All answers are tidy frames. ``part``: "mode" (shares of the mode's injections), "kernel" (CKV) or "layer"
(CLV; DESIGN section 7). ``value``: the kernel or layer (as text); of "mode" the mode itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from sassafras.analysis.contenders import Contender, Contest, is_paired
from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.differences import INTERVALS, Difference, holm, independent, overall, paired
from sassafras.analysis.estimated_differences import estimated
from sassafras.analysis.estimates import Place, Sample
from sassafras.analysis.events import Event, occurred
from sassafras.analysis.exposure import Exposures, Failures, compare_failures, exposures, relative
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.vulnerability import Whole
from sassafras.faults.model import Mode

LEVEL = 0.05  #: chance of any false difference in a part, after Holm

SUMS = (Event.SDC, Event.PAPER_MALFUNCTION)  #: not compared beside what they are sums of


class Part(StrEnum):
    """What shares are shares of, and how they are cut."""

    MODE = "mode"
    KERNEL = "kernel"
    LAYER = "layer"


@dataclass(frozen=True, eq=False)
class Compared:
    """``shares``: part, mode, value, event, campaign (letter), n, total, share, low, high (95 %), below
    (where none was seen, the one-sided bound), as the tables of that campaign say it:
    counted, with Clopper-Pearson intervals; weighted over its strata (n and
    total then count what was injected there); anytime-valid where it stopped when its data said so.

    ``differences``, from the reference (same faults: of the pairs): part, mode, value, event, campaign,
    n_reference, total_reference, n, total, share_reference, share, difference, low, high (95 %), interval
    (how it was made), test, p_value, p_holm (the part's tests are one family). ``overall``, with three and
    more independent plain campaigns: part, mode, value, event, test, p_value, p_holm. What happened nowhere,
    or everywhere, is not tested: p_value is NaN. Layers without injections have no differences. ``critical``:
    what the event CRITICAL means.
    """

    contest: Contest
    events: tuple[Event, ...]
    paired_with_first: tuple[str, ...]
    failures: Mapping[str, tuple[Failures, ...]] = field(repr=False)
    shares: pd.DataFrame = field(repr=False)
    differences: pd.DataFrame = field(repr=False)
    overall: pd.DataFrame = field(repr=False)
    critical: Criticality = PLAIN

    def significant(self) -> pd.DataFrame:
        """Differences that are below `LEVEL` after Holm's correction, in the order of the tables."""
        return self.differences[self.differences["p_holm"] < LEVEL]


@dataclass(frozen=True)
class _Cell:
    """One comparison: an event in a part's value in a mode."""

    part: Part
    mode: Mode
    value: str
    event: Event

    @property
    def key(self) -> dict[str, str]:
        return {
            "part": self.part.value,
            "mode": self.mode.value,
            "value": self.value,
            "event": self.event.value,
        }


@dataclass(frozen=True, eq=False)
class _Rows:
    """A contender's rows of a mode: ids, kernels and layers (as text), and where each event happened."""

    ids: np.ndarray
    places: Mapping[Part, np.ndarray]
    hits: Mapping[Event, np.ndarray]


@dataclass(frozen=True, eq=False)
class _Counted:
    """A contender's trials of a cell, by fault: id and whether the event happened there."""

    ids: np.ndarray
    hits: np.ndarray

    @property
    def proportion(self) -> Proportion:
        return Proportion((self.n,), (self.total,), (1.0,))

    @property
    def n(self) -> int:
        return int(self.hits.sum())

    @property
    def total(self) -> int:
        return len(self.hits)


def compare(contest: Contest, critical: Criticality = PLAIN) -> Compared:
    """Shares and differences of everything that the campaigns have in common. ``critical``: what the event
    CRITICAL means.
    """
    events = _events(contest)
    first, *others = contest.contenders
    pairs = tuple(c.letter for c in others if is_paired(first, c))
    plain = all(c.sampling.is_plain for c in contest.contenders)
    rows = {
        (c.letter, mode): _rows_of(c, mode, events, critical)
        for c in contest.contenders
        for mode in contest.modes
    }
    shares, differences, tested = [], [], []
    for cell in _cells(contest, events):
        counted = {c.letter: _count(rows[c.letter, cell.mode], cell) for c in contest.contenders}
        found = {c.letter: _estimated(c, counted[c.letter], cell, critical) for c in contest.contenders}
        shares += [cell.key | {"campaign": k} | _share(p) for k, p in found.items()]
        for other in others:
            if other.letter in pairs:
                row = _paired(counted[first.letter], counted[other.letter])
            elif first.sampling.is_plain and other.sampling.is_plain:
                row = _independent(found[first.letter], found[other.letter])
            else:
                row = _of_estimates(found[first.letter], found[other.letter])
            differences += [] if row is None else [cell.key | {"campaign": other.letter} | row]
        if len(others) > 1 and plain and not pairs and _can_differ(list(found.values())):
            p_value, test = overall([c.n for c in counted.values()], [c.total for c in counted.values()])
            tested.append(cell.key | {"test": test.value, "p_value": p_value})
    return Compared(
        contest,
        events,
        pairs,
        _failures(contest, critical),
        pd.DataFrame(shares),
        _with_holm(pd.DataFrame(differences, columns=_DIFFERENCE_COLUMNS)),
        _with_holm(pd.DataFrame(tested, columns=_OVERALL_COLUMNS)),
        critical,
    )


def _failures(contest: Contest, critical: Criticality) -> dict[str, tuple[Failures, ...]]:
    first, *others = contest.contenders
    return {
        other.letter: found
        for other in others
        if _is_another_program(first, other)
        and (
            found := compare_failures(first.rows, other.rows, _hit(contest, first, other), critical=critical)
        )
    }


def _is_another_program(first: Contender, other: Contender) -> bool:
    """Whether exposures differ, and shares are those of each program's own population."""
    a, b = first.stored, other.stored
    if not (first.sampling.is_plain and other.sampling.is_plain) or a.replay_of or b.replay_of:
        return False
    return any(a.fingerprint.get(key) != b.fingerprint.get(key) for key in ("programs", "network"))


def _hit(contest: Contest, first: Contender, other: Contender) -> Exposures:
    """How often the other program is hit for once that the reference is, in the kernels that are compared."""
    stored = (first.stored, other.stored)
    return relative(*(exposures(one.census, one.usage, contest.kernels, one.frames) for one in stored))


_KEY = ["part", "mode", "value", "event"]
_DIFFERENCE_COLUMNS = [
    *(*_KEY, "campaign", "n_reference", "total_reference", "n", "total"),
    *("share_reference", "share", "difference", "low", "high", "interval", "test", "p_value"),
]
_OVERALL_COLUMNS = [*_KEY, "test", "p_value"]


def _events(contest: Contest) -> tuple[Event, ...]:
    """Events to compare: of the alarms of hardened kernels only those that some campaign has."""
    alarms = (Event.CORRECTED, Event.DETECTED)
    there = {e for e in alarms if any(occurred(c.rows, e).any() for c in contest.contenders)}
    return tuple(e for e in Event if e not in SUMS and (e not in alarms or e in there))


def _cells(contest: Contest, events: Sequence[Event]) -> Iterator[_Cell]:
    layers = () if contest.layers is None else tuple(str(k) for k in range(len(contest.layers)))
    for part, values in ((Part.MODE, None), (Part.KERNEL, contest.kernels), (Part.LAYER, layers)):
        for mode in contest.modes:
            for value in (mode.value,) if values is None else values:
                yield from (_Cell(part, mode, value, event) for event in events)


def _rows_of(contender: Contender, mode: Mode, events: Sequence[Event], critical: Criticality) -> _Rows:
    rows = contender.rows[contender.rows["mode"] == mode.value]
    return _Rows(
        rows["id"].to_numpy(np.int64),
        {
            Part.KERNEL: rows["kernel"].to_numpy(object),
            Part.LAYER: rows["layer"].astype(str).to_numpy(object),
        },
        {event: occurred(rows, event, critical).to_numpy(bool) for event in events},
    )


def _count(rows: _Rows, cell: _Cell) -> _Counted:
    hits = rows.hits[cell.event]
    if cell.part is Part.MODE:
        return _Counted(rows.ids, hits)
    there = rows.places[cell.part] == cell.value
    if cell.part is Part.KERNEL:
        return _Counted(rows.ids, hits & there)
    return _Counted(rows.ids[there], hits[there])


def _estimated(contender: Contender, counted: _Counted, cell: _Cell, critical: Criticality) -> Proportion:
    """The share as the campaign's own tables say it."""
    sampling = contender.sampling
    if sampling.stratify is None:
        return replace(counted.proportion, anytime=sampling.until is not None)
    kernel = cell.value if cell.part is Part.KERNEL else None
    layer = int(cell.value) if cell.part is Part.LAYER else None
    sample = Sample(contender.rows, (cell.mode,), sampling)
    whole = Whole.ALL if cell.part is Part.KERNEL else Whole.GROUP
    hits = occurred(contender.rows, cell.event, critical)
    return sample.proportion(Place(cell.mode, kernel, layer), hits, whole)


def _share(of: Proportion) -> dict[str, object]:
    found = of.estimate()
    numbers = {"share": found.value, "low": found.low, "high": found.high, "below": of.below()}
    return {"n": of.n, "total": of.total, **numbers}


def _can_differ(found: Sequence[Proportion]) -> bool:
    """Whether the event happened somewhere, and somewhere not: else there is nothing to test."""
    return 0 < sum(p.n for p in found) < sum(p.total for p in found)


def _independent(first: Proportion, other: Proportion) -> dict[str, object] | None:
    return _row(independent(first.n, first.total, other.n, other.total), first, other)


def _of_estimates(first: Proportion, other: Proportion) -> dict[str, object] | None:
    return _row(estimated(first, other), first, other)


def _paired(first: _Counted, other: _Counted) -> dict[str, object] | None:
    """Of the faults that both have."""
    _, mine, theirs = np.intersect1d(first.ids, other.ids, assume_unique=True, return_indices=True)
    a, b = first.hits[mine], other.hits[theirs]
    found = paired(int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum()))
    pairs = (_Counted(first.ids[mine], a), _Counted(other.ids[theirs], b))
    return _row(found, pairs[0].proportion, pairs[1].proportion)


def _row(found: Difference, first: Proportion, other: Proportion) -> dict[str, object] | None:
    """None where a side has no trials; no test where nothing can differ."""
    if not first.total or not other.total:
        return None
    is_tested = _can_differ([first, other])
    return {
        "n_reference": first.n,
        "total_reference": first.total,
        "n": other.n,
        "total": other.total,
        "share_reference": first.estimate().value,
        "share": other.estimate().value,
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "interval": INTERVALS[found.test],
        "test": found.test.value if is_tested else None,
        "p_value": found.p_value if is_tested else np.nan,
    }


def _with_holm(tests: pd.DataFrame) -> pd.DataFrame:
    """Adjusted within each part, over what was tested."""
    adjusted = pd.Series(np.nan, index=tests.index, dtype=np.float64)
    for _, rows in tests[tests["p_value"].notna()].groupby("part", sort=False):
        adjusted[rows.index] = holm(rows["p_value"].tolist())
    return tests.assign(p_holm=adjusted)
