"""Sums of outcomes of a campaign, by mode, kernel and layer: with intervals of their own, from their own
counts.
"""

from __future__ import annotations

import pandas as pd

from sassafras.analysis.estimates import Place, Sample
from sassafras.analysis.events import Event, occurred
from sassafras.analysis.results import Results
from sassafras.analysis.vulnerability import Whole
from sassafras.faults.model import Mode

SUMS = (Event.PAPER_MALFUNCTION, Event.CRITICAL)  #: those that tables and files show beside the outcomes
COLUMNS = ("part", "name", "mode", "event", "n", "total", "share", "low", "high", "below")


def sums(results: Results) -> pd.DataFrame:
    """A row for every sum in every mode ("mode": of the mode's injections), kernel (CKV) and layer (CLV):
    `COLUMNS`, shares as `vulnerability` has them. ``CRITICAL`` is what ``results.critical`` says.
    """
    sample = Sample(results.injections, results.modes, results.sampling)
    rows = []
    for event in SUMS:
        hits = occurred(results.injections, event, results.critical)
        for mode in results.modes:
            rows += [
                _row(sample, hits, place, whole, (part, name, mode.value, event.value))
                for part, name, place, whole in _places(results, mode)
            ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _places(results: Results, mode: Mode) -> list[tuple[str, str, Place, Whole]]:
    kernels = [("kernel", name, Place(mode, kernel=name), Whole.ALL) for name in results.kernels]
    layers = [
        ("layer", str(layer.index), Place(mode, layer=layer.index), Whole.GROUP) for layer in results.layers
    ]
    return [("mode", mode.value, Place(mode), Whole.GROUP), *kernels, *layers]


def _row(
    sample: Sample, hits: pd.Series, place: Place, whole: Whole, key: tuple[str, str, str, str]
) -> tuple[object, ...]:
    of = sample.proportion(place, hits, whole)
    found = of.estimate()
    return (*key, of.n, of.total, found.value, found.low, found.high, of.below())
