"""Sums of outcomes of a campaign, by mode, kernel and layer: with intervals of their own, from their own
counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from sassafras.analysis.critical import Criticality
from sassafras.analysis.estimates import Place, Sample
from sassafras.analysis.events import Event, occurred
from sassafras.analysis.proportion import Proportion
from sassafras.analysis.sampling import Sampling
from sassafras.analysis.vulnerability import Whole, of_mode
from sassafras.faults.model import Mode

SUMS = (Event.PAPER_MALFUNCTION, Event.CRITICAL)  #: those that tables and files show beside the outcomes
COLUMNS = ("part", "name", "mode", "event", "n", "total", "share", "low", "high", "below")


def sums(
    injections: pd.DataFrame,
    modes: Sequence[Mode],
    kernels: Sequence[str],
    layers: Sequence[int],
    sampling: Sampling,
    critical: Criticality,
) -> pd.DataFrame:
    """A row for each of `SUMS` in every mode (part "mode": of the mode's injections), kernel ("kernel": CKV)
    and layer ("layer": CLV): `COLUMNS`, shares as `vulnerability` has them.
    """
    found = []
    for mode in modes:
        rows = of_mode(injections, mode)
        for event in SUMS:
            share = _shares(rows, occurred(rows, event, critical), mode, sampling)
            places: list[tuple[str, str | int]] = [("mode", mode.value)]
            places += [("kernel", kernel) for kernel in kernels]
            places += [("layer", layer) for layer in layers]
            found += [
                (part, str(name), mode.value, event.value, *_numbers(share(part, name)))
                for part, name in places
            ]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _shares(
    rows: pd.DataFrame, hits: pd.Series, mode: Mode, sampling: Sampling
) -> Callable[[str, str | int], Proportion]:
    """The share of ``hits`` in a part of a mode: counted, or weighted over strata."""
    if sampling.stratify is not None:
        sample = Sample(rows, (mode,), sampling)

        def weighted(part: str, name: str | int) -> Proportion:
            kernel = name if part == "kernel" and isinstance(name, str) else None
            place = Place(mode, kernel, name if isinstance(name, int) else None)
            return sample.proportion(place, hits, Whole.ALL if part == "kernel" else Whole.GROUP)

        return weighted
    events = {part: hits.groupby(rows[part]).sum() for part in ("mode", "kernel", "layer")}
    trials = rows.groupby("layer").size()

    def counted(part: str, name: str | int) -> Proportion:
        total = int(trials.get(name, 0)) if part == "layer" else len(rows)
        return Proportion((int(events[part].get(name, 0)),), (total,), (1.0,), sampling.until is not None)

    return counted


def _numbers(of: Proportion) -> tuple[int, int, float, float, float, float]:
    found = of.estimate()
    return of.n, of.total, found.value, found.low, found.high, of.below()
