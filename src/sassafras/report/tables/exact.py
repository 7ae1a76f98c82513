"""A whole population, counted by kinds that provably do the same: shares without a sampling error."""

from __future__ import annotations

import pandas as pd

from sassafras.analysis.counted import bounds_of, with_weights
from sassafras.analysis.events import Event, occurred
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.campaign.design.from_store import COUNTED
from sassafras.report.cells import Number
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.registry import EXACT

EVENTS = (*(Event(one.value) for one in OutcomeClass), Event.PAPER_MALFUNCTION, Event.CRITICAL)
SHOWN = 3  #: kinds of each outcome that are listed


def exact_shares(results: Results) -> pd.DataFrame:
    """A row for each event of the whole, of every kernel and of every layer: ``part``, ``name``, ``event``,
    ``kinds`` (of which one fault each was run), ``faults`` (that these have), ``share`` (of the part's
    faults, by weight), ``low`` and ``high`` (which differ from it only where a class could not be run).
    """
    counted = results.sampling.counted
    assert counted is not None
    rows = with_weights(results.injections, counted)
    every = pd.Series(True, rows.index)
    parts: list[tuple[str, str, pd.Series]] = [("mode", results.modes[0].value, every)]
    parts += [("kernel", kernel, rows["kernel"] == kernel) for kernel in results.kernels]
    parts += [("layer", str(y.index), rows["layer"] == y.index) for y in results.layers if y.launches]
    found = []
    for event in EVENTS:
        hits = occurred(rows, event, results.critical)
        for part, name, base in parts:
            low, high = bounds_of(rows["weight"], hits, base, len(counted))
            there = hits & base
            row = (
                part,
                name,
                event.value,
                int(there.sum()),
                int(rows["faults"][there].sum()),
                low,
                low,
                high,
            )
            found.append(row)
    columns = ["part", "name", "event", "kinds", "faults", "share", "low", "high"]
    return pd.DataFrame(found, columns=columns)


@EXACT.at(10)
def exact_outcomes(results: Results) -> list[Table]:
    """How all faults of the population end: of the whole, by kernel and by layer."""
    counted, found = results.sampling.counted, exact_shares(results)
    if counted is None or results.injections.empty:
        return []
    groups: list[list[list[Given]]] = []
    for part in ("mode", "kernel", "layer"):
        named = found[found["part"] == part].groupby("name", sort=False)
        groups.append([_row(part, str(name), rows) for name, rows in named])
    caption = (
        f"percent of the faults of each line, by weight; {COUNTED}: {counted['faults'].sum():,} single-bit "
        f"faults of {len(counted):,} kinds that provably do the same, one of each run"
    )
    failed = len(counted) - len(results.injections)
    if failed:
        caption += f"; {failed} kinds could not be run: shares may be as much larger as these weigh"
    columns = ("of", "", "faults", "kinds", *(event.label for event in EVENTS))
    return [made("exact", "Outcomes", caption, columns, groups, left=2)]


def _row(part: str, name: str, rows: pd.DataFrame) -> list[Given]:
    outcomes = rows[rows["event"].isin([one.value for one in OutcomeClass])]
    shares = [Number(share * 100, 4) for share in rows["share"]]
    return [part, name, int(outcomes["faults"].sum()), int(outcomes["kinds"].sum()), *shares]


@EXACT.at(20)
def heaviest(results: Results) -> list[Table]:
    """The kinds that weigh most of each outcome, each by the fault that was run."""
    counted = results.sampling.counted
    assert counted is not None
    rows = with_weights(results.injections, counted).sort_values(["weight", "id"], ascending=[False, True])
    groups = []
    for one in OutcomeClass:
        own = rows[occurred(rows, Event(one.value), results.critical)].head(SHOWN)
        groups.append(
            [
                [
                    one.label,
                    str(row["id"]),
                    row["kernel"],
                    row["sass"],
                    row["faults"],
                    Number(row["weight"] * 100),
                ]
                for row in own.to_dict("records")
            ]
        )
    caption = f"the {SHOWN} kinds of each outcome that weigh most; id: as sassafras explain takes it"
    columns = ("outcome", "id", "kernel", "first instruction", "faults", "percent")
    return [made("heaviest", "Kinds", caption, columns, [g for g in groups if g], left=4)]
