"""Where errors die: the layer that was struck against the layer behind which nothing differed any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.analysis.vulnerability import of_mode
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import share
from sassafras.report.chart import SHORT
from sassafras.report.page.marks import Item, item
from sassafras.report.page.wording import said
from sassafras.simulation.outcome import Outcome, Severity

SURVIVED = {
    OutcomeClass.LIGHT_MALFUNCTION: "Light",
    OutcomeClass.INVALID_OUTPUT: "Inv.",
    OutcomeClass.MALFUNCTION: "Malf.",
}
"""The columns beside the layers, and their headings."""


@dataclass(frozen=True)
class DeathCell:
    """Silent corruptions of a row that ended in a column; ``share`` of the row's, 0..1."""

    n: int
    share: float
    item: Item


@dataclass(frozen=True)
class DeathRow:
    """A struck layer: its silent data corruptions in all, and where they ended."""

    layer: int
    kind: str
    trials: int
    cells: tuple[DeathCell, ...]


@dataclass(frozen=True)
class DeathMap:
    """The heat map of a mode. ``columns``: layers of death, then the ways to survive."""

    mode: Mode
    layers: tuple[int, ...]
    columns: tuple[str, ...]
    rows: tuple[DeathRow, ...]


def death_maps(results: Results) -> list[DeathMap]:
    """One heat map per mode, of its silent data corruptions."""
    return [_map(results, mode) for mode in results.modes]


def _map(results: Results, mode: Mode) -> DeathMap:
    rows = of_mode(results.injections[["mode", "layer", "outcome", "severity", "died_layer"]], mode)
    rows = rows[rows["outcome"] == Outcome.SDC.value]
    layers = tuple(layer.index for layer in results.layers)
    columns = (*map(str, layers), *SURVIVED.values())
    ends = [
        int(died) if severity == Severity.NO_MALFUNCTION.value and not pd.isna(died) else str(severity)
        for severity, died in zip(rows["severity"], rows["died_layer"], strict=True)
    ]
    counts: dict[int, Counter[int | str]] = defaultdict(Counter)
    for struck, end in zip(rows["layer"], ends, strict=True):
        counts[struck][end] += 1
    found = [
        _row(counts[layer.index], layer.index, SHORT.get(layer.kind, layer.kind), layers, mode)
        for layer in results.layers
        if layer.launches
    ]
    return DeathMap(mode, layers, columns, tuple(found))


def _row(ends: Counter[int | str], layer: int, kind: str, layers: tuple[int, ...], mode: Mode) -> DeathRow:
    chosen = {"mode": mode.value, "layer": str(layer)}
    trials = ends.total()
    cells = []
    for column in layers:
        words = f"struck in layer {layer}, died in layer {column}"
        cells.append(_cell(ends[column], trials, words, {**chosen, "died": column}))
    for outcome in SURVIVED:
        words = f"struck in layer {layer}, reached the output: {outcome.label}"
        cells.append(_cell(ends[outcome.value], trials, words, {**chosen, "outcome": outcome.value}))
    return DeathRow(layer, kind, trials, tuple(cells))


def _cell(n: int, trials: int, words: str, chosen: dict[str, str | int]) -> DeathCell:
    told = item([words, f"{n:,} of {trials:,} silent corruptions: {said(share(n, trials))}"], chosen)
    return DeathCell(n, n / trials if trials else 0.0, told)
