"""Programs compared by their failures, not by their shares (DESIGN section 7).

A share says how often a hit ends so. How often there is a hit, the *exposure*, is another matter: in modes
IOA and IOV the number of sites of an inference (instructions that can be struck), in mode RF the register
bits that resident threads can name x modelled time. Failures = share x exposure. Here they are relative to
the first (unhardened) program's exposure: its own failures are then its shares, the other's are share x ratio
of the exposures. The ratio is known exactly (it is counted and modelled, not sampled).

Each mode and each fault model is a population of its own. What is said of several together is a *mixture*:
all weigh alike, as they were injected (not as a particle would choose them).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.events import Event, occurred
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.ratios import Ratio, ratio
from sassafras.analysis.weighted import Estimate
from sassafras.campaign.usage import KernelUsage
from sassafras.faults.census import Cell
from sassafras.faults.model import FaultModel, Mode, place_of

Population = tuple[Mode, FaultModel]
Exposures = Mapping[Population, float]

ALL = "all"  #: instead of a mode or a model: a mixture
_SAME = 1e-9  #: relative difference up to which exposures are the same

STOPPED = "DUE_OR_DETECTED"  #: the stops together: the answer is late, not wrong

#: What is compared, by name: events, and the stops together.
FAILURES: Mapping[str, tuple[Event, ...]] = {
    **{event.value: (event,) for event in Event if event is not Event.MASKED},
    STOPPED: (Event.DUE, Event.DETECTED),
}


def exposures(
    census: Iterable[Cell], usage: Iterable[KernelUsage], kernels: Sequence[str], frames: int
) -> Exposures:
    """How often these kernels are hit in one inference, by mode and model: sites (of a census over so many
    frames), in mode RF named register bits x modelled seconds. What the store does not tell is left out.
    """
    sites: dict[Population, float] = {}
    for cell in census:
        if cell.kernel in kernels:
            key = (cell.mode, cell.model)
            sites[key] = sites.get(key, 0.0) + cell.sites / max(1, frames)
    bits = sum(one.bit_seconds for one in usage if one.kernel in kernels)
    found = {key: bits if key[0] is Mode.RF else count for key, count in sites.items()}
    return {key: value for key, value in found.items() if value > 0}


def relative(before: Exposures, after: Exposures) -> Exposures:
    """Exposure of the second program / that of the first, of what is known of both."""
    return {key: after[key] / value for key, value in before.items() if key in after}


@dataclass(frozen=True)
class Failures:
    """What two programs have of one kind of failure.

    ``mode``, ``model``: `ALL` for a mixture; ``name``: of `FAILURES`. ``exposure``: of the second relative to
    the first (of a mixture the mean). ``share_before``, ``share_after``: of each program's own injections.
    ``hit``: the second's failures in units of the first's exposure: its shares x the ratio of exposures
    (above 1 where it is hit so much more often). ``ratio``: second / first.
    """

    mode: str
    model: str
    name: str
    exposure: float
    share_before: Proportion
    share_after: Proportion
    hit: Proportion
    ratio: Ratio

    @property
    def before(self) -> Estimate:
        """The first program's failures: its shares."""
        return self.share_before.estimate()

    @property
    def after(self) -> Estimate:
        """The second program's, in the same unit."""
        return self.hit.estimate()

    @property
    def is_mixture(self) -> bool:
        """Whether several populations are put together."""
        return ALL in (self.mode, self.model)


def compare_failures(
    before: pd.DataFrame,
    after: pd.DataFrame,
    ratios: Exposures,
    names: Sequence[str] = tuple(FAILURES),
    critical: Criticality = PLAIN,
) -> tuple[Failures, ...]:
    """Failures of two programs, for every mode and model whose exposures are known (``ratios``), each mode's
    models together where there are several, and all modes together. ``before``, ``after``: plainly sampled
    injections (``mode``, ``model``, ``outcome``, ``severity``; for a tolerance
    ``largest_change``). ``critical``: what ``CRITICAL`` means.
    """
    hits = {name: (_hits(before, name, critical), _hits(after, name, critical)) for name in names}
    own = {
        key: (_of(before, key).to_numpy(bool), _of(after, key).to_numpy(bool))
        for key in sorted(ratios, key=lambda k: (list(Mode).index(k[0]), place_of(k[1])))
    }
    own = {key: where for key, where in own.items() if where[0].any() and where[1].any()}
    found = []
    for mode, model, keys in _groups(list(own)):
        for name in names:
            counts = [_counts(hits[name], own[key]) for key in keys]
            found.append(_failures(mode, model, name, counts, [ratios[key] for key in keys]))
    return tuple(found)


def _groups(keys: Sequence[Population]) -> Iterator[tuple[str, str, list[Population]]]:
    """Names of mode and model, and the populations, of every row: models, their mixture, all."""
    modes = [(mode, list(group)) for mode, group in groupby(keys, key=lambda key: key[0])]
    for mode, group in modes:
        if len(group) > 1:
            yield mode.value, ALL, group
        yield from ((mode.value, key[1].value, [key]) for key in group)
    if len(modes) > 1:
        yield ALL, ALL, list(keys)


def _hits(rows: pd.DataFrame, name: str, critical: Criticality) -> np.ndarray:
    found = np.zeros(len(rows), bool)
    for event in FAILURES[name]:
        found |= occurred(rows, event, critical).to_numpy(bool)
    return found


def _of(rows: pd.DataFrame, key: Population) -> pd.Series:
    return (rows["mode"] == key[0].value) & (rows["model"] == key[1].value)


_Counts = tuple[tuple[int, int], tuple[int, int]]  #: (events, trials) of both programs


def _counts(hits: tuple[np.ndarray, np.ndarray], where: tuple[np.ndarray, np.ndarray]) -> _Counts:
    first, second = (
        (int((hit & there).sum()), int(there.sum())) for hit, there in zip(hits, where, strict=True)
    )
    return first, second


def _failures(
    mode: str, model: str, name: str, counts: Sequence[_Counts], ratios: Sequence[float]
) -> Failures:
    weights = [1 / len(counts)] * len(counts)
    first, second = (_proportion([count[k] for count in counts], weights) for k in (0, 1))
    scaled = [w * r for w, r in zip(weights, ratios, strict=True)]
    hit = _proportion([count[1] for count in counts], scaled)
    return Failures(mode, model, name, sum(ratios) / len(ratios), first, second, hit, ratio(first, hit))


def _proportion(counts: Sequence[tuple[int, int]], weights: Sequence[float]) -> Proportion:
    """A weighted share; trials that all weigh alike (as where models take turns) are counted together."""
    events, trials = zip(*counts, strict=True)
    each = [w / n for w, n in zip(weights, trials, strict=True)]
    if np.ptp(each) <= _SAME * max(each):
        return Proportion((sum(events),), (sum(trials),), (float(sum(weights)),))
    return Proportion(tuple(events), tuple(trials), tuple(weights))
