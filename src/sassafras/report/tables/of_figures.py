"""The numbers of figures: of stacks (by bit, instruction group and opcode), and of where errors die."""

from __future__ import annotations

from sassafras.analysis.outcomes import OutcomeClass
from sassafras.report.cells import Cell, Count, Missing
from sassafras.report.figures.breakdowns import Part
from sassafras.report.figures.deaths import SURVIVED, DeathMap, death_maps
from sassafras.report.page.material import Material
from sassafras.report.table import Table, made
from sassafras.report.tables.campaign import OUTCOMES
from sassafras.report.tables.registry import PAGE


def stack_table(part: Part) -> Table:
    """A row per stack, with all outcomes."""
    rows = [[s.value, s.trials, s.critical, *(s.bars[c] for c in OutcomeClass)] for s in part.slices]
    columns = (part.words, "n", "critical", *OUTCOMES)
    return made(part.name, part.title, "percent of each row's injections", columns, [rows])


@PAGE.at(20)
def deaths(material: Material) -> list[Table]:
    """A row per struck layer of each mode: how many errors ended where."""
    return [_table(found) for found in death_maps(material.results)]


def _table(found: DeathMap) -> Table:
    rows = []
    for layer in found.layers:
        ends = found.counts[layer.index]
        cells: list[Cell] = [
            Count(ends[end]) if found.can_end(layer.index, end) else Missing() for end in found.across
        ]
        cells += [Count(ends[outcome.value]) for outcome in SURVIVED]
        rows.append([f"{layer.index} {layer.kind}", *cells, Count(ends.total())])
    columns = ("struck layer", *map(str, found.across), *(o.label for o in SURVIVED), "all")
    columns_are = "the layer behind which nothing differed any more, then what reached the output"
    caption = f"{found.caption}; columns: {columns_are}"
    return made(f"deaths_{found.mode.value}", found.title, caption, columns, [rows])
