"""Where errors die: the layer that was struck against the layer behind which nothing differed any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import LayerRecord, Results
from sassafras.analysis.vulnerability import of_mode
from sassafras.faults.model import Mode
from sassafras.hardening.ranking import share
from sassafras.report.cells import sampled
from sassafras.report.figures import value as v
from sassafras.report.figures.looks import Look
from sassafras.report.figures.registry import CAMPAIGN
from sassafras.report.figures.vulnerability import SHORT
from sassafras.report.numbers import FEW
from sassafras.report.tables.captions import UNWEIGHTED
from sassafras.simulation.outcome import Outcome, Severity

SURVIVED = {
    OutcomeClass.LIGHT_MALFUNCTION: "LM",
    OutcomeClass.INVALID_OUTPUT: "IO",
    OutcomeClass.MALFUNCTION: "M",
}
"""The columns beside the layers, and their headings."""
NOTE = (
    "Silent data corruptions. Rows: the struck layer; columns: the layer behind which nothing differed any "
    "more, then what reached the output (LM Light-Malfunction, IO Invalid-Output, M Malfunction). Colour: "
    "share of the row; no cell: it cannot be."
)
LINE = 1.5  #: lines of text that a row takes


@CAMPAIGN.at(60)
def deaths(results: Results) -> list[v.Figure]:
    """One heat map per mode, of its silent data corruptions."""
    return [_figure(found) for found in death_maps(results)]


@dataclass(frozen=True)
class DeathMap:
    """Silent data corruptions of a mode by struck layer: where they died (layers), or how they reached the
    output. ``across``: the layers in which errors end.
    """

    mode: Mode
    title: str
    caption: str
    layers: tuple[LayerRecord, ...]
    across: tuple[int, ...]
    counts: Mapping[int, Counter[int | str]]

    def can_end(self, struck: int, end: int) -> bool:
        """Whether an error of a layer can end in another: in itself and behind."""
        return end >= struck or self.counts[struck][end] > 0


def death_maps(results: Results) -> list[DeathMap]:
    """One per mode: what the figure and the table are made of."""
    return [_map(results, mode) for mode in results.modes]


def _map(results: Results, mode: Mode) -> DeathMap:
    layers = tuple(layer for layer in results.layers if layer.launches)
    counts = _counts(results, mode)
    across = {layer.index for layer in layers}
    across |= {end for ends in counts.values() for end in ends if isinstance(end, int)}
    n = sum(ends.total() for ends in counts.values())
    title = f"Where errors die, mode {mode.value}"
    caption = f"n = {n:,} silent data corruptions; {results.network} on {results.arch}"
    if results.sampling.stratify is not None:
        caption += f"; {UNWEIGHTED}"
    return DeathMap(mode, title, caption, layers, tuple(sorted(across)), counts)


def _counts(results: Results, mode: Mode) -> dict[int, Counter[int | str]]:
    """How they ended, by struck layer: where they died, or how they reached the output."""
    rows = of_mode(results.injections[["mode", "layer", "outcome", "severity", "died_layer"]], mode)
    rows = rows[rows["outcome"] == Outcome.SDC.value]
    found: dict[int, Counter[int | str]] = defaultdict(Counter)
    for struck, severity, died in zip(rows["layer"], rows["severity"], rows["died_layer"], strict=True):
        died_there = severity == Severity.NO_MALFUNCTION.value and not pd.isna(died)
        found[struck][int(died) if died_there else str(severity)] += 1
    return found


def _figure(found: DeathMap) -> v.Figure:
    layers, across = found.layers, found.across
    marks = tuple(mark for row, layer in enumerate(layers) for mark in _row(found, layer, row + 0.5))
    columns = [*map(str, across), *SURVIVED.values(), "all"]
    ticks = tuple(v.Tick(k + 0.5, name) for k, name in enumerate(columns))
    panel = v.Panel(
        v.Axis(0.0, float(len(columns)), ticks, "last layer that differed", grid=False),
        v.Axis(float(len(layers)) or 1.0, 0.0, grid=False),
        LINE * len(layers) or 1.0,
        marks,
        tuple(v.RowLabel(k + 0.5, f"{y.index} {SHORT.get(y.kind, y.kind)}") for k, y in enumerate(layers)),
    )
    legend: tuple[v.Entry, ...] = (v.Entry(Look.HEAT, "share of the row"),)
    if any(isinstance(mark, v.Cell) and mark.few for mark in marks):
        legend += (v.Entry(Look.SOFT, f"outlined: row of n < {FEW}", v.Sign.FEW),)
    wide = max(420, 84 + 23 * len(columns))
    name, alt = f"deaths_{found.mode.value}", _alt(found)
    return v.Figure(name, found.title, found.caption, NOTE, alt, ((panel,),), legend, wide)


def _row(found: DeathMap, layer: LayerRecord, y: float) -> list[v.Mark]:
    """The cells of a struck layer: of layers behind it, and of the ways to reach the output."""
    ends, across = found.counts[layer.index], found.across
    trials = ends.total()
    chosen = {"mode": found.mode.value, "layer": str(layer.index)}
    marks: list[v.Mark] = []
    for column, death in enumerate(across):
        if found.can_end(layer.index, death):
            words = f"struck in layer {layer.index}, died in layer {death}"
            marks.append(_cell(column + 0.5, y, ends[death], trials, words, {**chosen, "died": death}))
    for column, outcome in enumerate(SURVIVED, len(across)):
        words = f"struck in layer {layer.index}, reached the output: {outcome.label}"
        n = ends[outcome.value]
        marks.append(_cell(column + 0.5, y, n, trials, words, {**chosen, "outcome": outcome.value}))
    return [*marks, v.Words(len(across) + len(SURVIVED) + 0.5, y, f"{trials:,}", Look.INK, middle=True)]


def _cell(x: float, y: float, n: int, trials: int, words: str, chosen: v.Filter) -> v.Cell:
    told = v.Told(
        (words, f"{n:,} of {trials:,} silent corruptions: {sampled(share(n, trials)).said}"), chosen
    )
    return v.Cell(x, y, n, trials, n / trials if trials else 0.0, told)


def _alt(found: DeathMap) -> str:
    cells = [(ends, y.index, n) for y in found.layers for ends, n in found.counts[y.index].items()]
    most = sorted(cells, key=lambda cell: -cell[2])[:3]
    said = ", ".join(
        f"{n:,} struck in layer {layer} {'died in layer' if isinstance(end, int) else 'ended as'} {end}"
        for end, layer, n in most
    )
    return f"{found.title}: counts by struck layer and by last layer that differed; most: {said or 'none'}"
