"""Where errors die: the layer that was struck against the layer behind which nothing differed any more."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.analysis.vulnerability import of_mode
from sassafras.campaign.outcome import Outcome, Severity
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import share
from sassafras.report.chart import SHORT
from sassafras.report.page.marks import Item, item
from sassafras.report.page.wording import said

SURVIVED = {OutcomeClass.LIGHT_MALFUNCTION: "Light", OutcomeClass.MALFUNCTION: "Malf."}
"""The two columns beside the layers, and their headings."""


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
    """The heat map of a mode. ``columns``: layers of death, then the two ways to survive."""

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
    found = [
        _row(rows[rows["layer"] == layer.index], layer.index, SHORT.get(layer.kind, layer.kind), layers, mode)
        for layer in results.layers
        if layer.launches
    ]
    return DeathMap(mode, layers, columns, tuple(found))


def _row(rows: pd.DataFrame, layer: int, kind: str, layers: tuple[int, ...], mode: Mode) -> DeathRow:
    chosen = {"mode": mode.value, "layer": str(layer)}
    dead = rows["severity"] == Severity.NO_MALFUNCTION.value
    cells = []
    for column in layers:
        n = int((dead & (rows["died_layer"] == column)).sum())
        words = f"struck in layer {layer}, died in layer {column}"
        cells.append(_cell(n, len(rows), words, {**chosen, "died": column}))
    for outcome in SURVIVED:
        n = int((rows["severity"] == outcome.value).sum())
        words = f"struck in layer {layer}, reached the output: {outcome.label}"
        cells.append(_cell(n, len(rows), words, {**chosen, "outcome": outcome.value}))
    return DeathRow(layer, kind, len(rows), tuple(cells))


def _cell(n: int, trials: int, words: str, chosen: dict[str, str | int]) -> DeathCell:
    told = item([words, f"{n:,} of {trials:,} silent corruptions: {said(share(n, trials))}"], chosen)
    return DeathCell(n, n / trials if trials else 0.0, told)
