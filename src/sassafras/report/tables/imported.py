"""Imported results: the tool's outcomes in our words and in its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from sassafras.analysis.coarse import COARSE, beside, coarse_outcomes
from sassafras.faults.model import Scope
from sassafras.interchange.imported import Imported
from sassafras.report.cells import Cell, Number, Share, share_of
from sassafras.report.numbers import NONE_SEEN
from sassafras.report.table import Table, made
from sassafras.report.tables.registry import IMPORTED
from sassafras.simulation.outcome import Outcome

RF = "register file"
BY = ["mode", "instruction_group", "model", "scope"]  #: what tells result files apart
LABELS = {Outcome.MASKED: "Masked", Outcome.DUE: "DUE", Outcome.SDC: "SDC"}


@IMPORTED.at(10)
def outcomes(found: Imported) -> list[Table]:
    """Outcomes of every mode, instruction group and bit-flip model."""
    counts = coarse_outcomes(found.injections, BY)
    rows = found.injections.assign(instruction_group=found.injections["instruction_group"].fillna(""))
    shown = []
    for key, members in rows.groupby(BY, sort=False):
        assert isinstance(key, tuple)
        mode, group, model, scope = map(str, key)
        shown.append(
            [
                mode,
                group or RF,
                model if scope == Scope.THREAD else f"{model}, {scope}",
                members["outcome"].notna().sum(),
                members["outcome"].isna().sum(),
                *_cells(counts[(counts[BY] == list(key)).all(axis=1)]),
            ]
        )
    caption = (
        "percent of the classified injections, 95 % intervals; not: not injected, or not classified; "
        f"potential DUEs count as DUE; {NONE_SEEN}"
    )
    columns = ("mode", "group", "model", "n", "not", *LABELS.values())
    title = f"Imported from {found.tool.label}: outcomes"
    return [made("imported_outcomes", title, caption, columns, [shown], left=3)]


@IMPORTED.at(20)
def kernels(found: Imported) -> list[Table]:
    """CKV of the import: shares of the mode's classified injections."""
    counts = coarse_outcomes(found.injections, ["mode", "kernel"], of_mode=True)
    rows = [
        [str(mode), str(kernel), own["n"].sum(), *_cells(own)]
        for (mode, kernel), own in counts.groupby(["mode", "kernel"], sort=False)
    ]
    caption = f"percent of all classified injections of the mode, 95 % intervals; {NONE_SEEN}"
    columns = ("mode", "kernel", "n", *LABELS.values())
    title = f"Imported from {found.tool.label}: kernels (CKV)"
    return [made("imported_ckv", title, caption, columns, [rows], left=2)]


@IMPORTED.at(30)
def categories(found: Imported) -> list[Table]:
    """The tool's own outcome categories, counted."""
    modes = list(dict.fromkeys(found.injections["mode"]))
    counts = pd.crosstab(
        [found.injections["category"], found.injections["category_text"]], found.injections["mode"]
    )
    rows = [[f"{key[0]}  {key[1]}", *(row[mode] for mode in modes)] for key, row in counts.iterrows()]  # type: ignore[index]
    title = f"{found.tool.label}'s categories"
    columns = ("category", *modes)
    return [made("imported_categories", title, "lines of the result files", columns, [rows])]


def beside_ours(found: Imported, own: pd.DataFrame, by: Sequence[str]) -> Table:
    """The import beside a campaign of ours."""
    rows = [
        [
            *(str(row[name]) for name in by),
            str(row["outcome"]),
            *(
                cell
                for who in ("imported", "emulated")
                for cell in (row[f"total_{who}"], share_of({n: row[f"{n}_{who}"] for n in SHARE}))
            ),
            Number(row["p"], 2),
        ]
        for row in beside(found.injections, own, by).to_dict("records")
    ]
    columns = (*by, "outcome", "imported n", "imported", "emulated n", "emulated", "p")
    title = f"{found.tool.label} (imported) beside this emulator"
    caption = f"percent, 95 % intervals; p: Fisher's exact test that both are of one kind; {NONE_SEEN}"
    return made(f"beside_{by[-1]}", title, caption, columns, [rows], left=len(by) + 1)


SHARE = ("n", "total", "share", "low", "high", "below")


def _cells(rows: pd.DataFrame) -> list[Cell]:
    by_outcome = {row["outcome"]: row for row in rows.to_dict("records")}
    nothing = Share(math.nan, 0.0, 1.0, math.nan, 0, 0)
    return [share_of(by_outcome[o.value]) if o.value in by_outcome else nothing for o in COARSE]
