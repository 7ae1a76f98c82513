"""Imported results for the terminal: the tool's outcomes in our words and in its own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.table import Table
from rich.text import Text

from sassafras.analysis.coarse import COARSE, beside, coarse_outcomes
from sassafras.faults.model import Scope
from sassafras.interchange.imported import Imported
from sassafras.report.avf_table import plain_table
from sassafras.report.cells import cell
from sassafras.simulation.outcome import Outcome

RF = "register file"
BY = ["mode", "instruction_group", "model", "scope"]  #: what tells result files apart


def imported_tables(found: Imported) -> list[Table]:
    """Outcomes by mode, group and model; CKV; the tool's own categories."""
    return [outcomes_table(found), kernels_table(found), categories_table(found)]


def outcomes_table(found: Imported) -> Table:
    """Outcomes of every mode, instruction group and bit-flip model."""
    table = plain_table(
        f"Imported from {found.tool.label}: outcomes",
        "percent of the classified injections, 95 % intervals; not: not injected, or not classified; "
        "potential DUEs count as DUE",
        ["mode", "group", "model", "n", "not"],
    )
    _add_outcomes(table)
    counts = coarse_outcomes(found.injections, BY)
    rows = found.injections.assign(instruction_group=found.injections["instruction_group"].fillna(""))
    for key, members in rows.groupby(BY, sort=False):
        assert isinstance(key, tuple)
        mode, group, model, scope = map(str, key)
        table.add_row(
            mode,
            group or RF,
            model if scope == Scope.THREAD else f"{model}, {scope}",
            str(members["outcome"].notna().sum()),
            str(members["outcome"].isna().sum()),
            *_cells(counts[(counts[BY] == list(key)).all(axis=1)]),
        )
    return table


def kernels_table(found: Imported) -> Table:
    """CKV of the import: shares of the mode's classified injections."""
    table = plain_table(
        f"Imported from {found.tool.label}: kernels (CKV)",
        "percent of all classified injections of the mode, 95 % intervals",
        ["mode", "kernel", "n"],
    )
    _add_outcomes(table)
    counts = coarse_outcomes(found.injections, ["mode", "kernel"], of_mode=True)
    for key, rows in counts.groupby(["mode", "kernel"], sort=False):
        assert isinstance(key, tuple)
        table.add_row(*map(str, key), str(rows["n"].sum()), *_cells(rows))
    return table


def categories_table(found: Imported) -> Table:
    """The tool's own outcome categories, counted."""
    modes = list(dict.fromkeys(found.injections["mode"]))
    table = plain_table(f"{found.tool.label}'s categories", "lines of the result files", ["category", *modes])
    counts = pd.crosstab(
        [found.injections["category"], found.injections["category_text"]], found.injections["mode"]
    )
    for key, row in counts.iterrows():
        assert isinstance(key, tuple)
        table.add_row(f"{key[0]}  {key[1]}", *(str(row[mode]) for mode in modes))
    return table


def beside_table(found: Imported, own: pd.DataFrame, by: Sequence[str]) -> Table:
    """The import beside a campaign of ours."""
    table = plain_table(
        f"{found.tool.label} (imported) beside this emulator",
        "percent, 95 % intervals; p: Fisher's exact test that both are of one kind",
        [*by, "outcome", "imported", "emulated", "p"],
    )
    for row in beside(found.injections, own, by).to_dict("records"):
        table.add_row(
            *(str(row[name]) for name in by),
            str(row["outcome"]),
            *(cell(row[f"share_{w}"], row[f"low_{w}"], row[f"high_{w}"]) for w in ("imported", "emulated")),
            f"{row['p']:.2g}",
        )
    return table


def closing_lines(found: Imported) -> list[str]:
    """What is in the import, and what is not."""
    rows = found.injections
    files = f"{len(found.files)} file{'s' * (len(found.files) != 1)}"
    lines = [f"{len(rows)} results of {found.tool.label} imported from {files}: no layers, no severities"]
    if missing := len(rows) - len(found.classified):
        lines.append(f"never counted as outcomes: {missing} that were not injected or not classified")
    if potential := int(rows["potential_due"].sum()):
        lines.append(
            f"counted as DUE: {potential} potential ones, symptoms that only a monitor would have noticed"
        )
    if found.repeated:
        again = f"{found.tool.label} appends when it is run again"
        lines.append(f"counted all the same: {found.repeated} that repeat an earlier line's site ({again})")
    return lines


def _add_outcomes(table: Table) -> None:
    for outcome in COARSE:
        table.add_column(_LABELS[outcome], justify="right")


_LABELS = {Outcome.MASKED: "Masked", Outcome.DUE: "DUE", Outcome.SDC: "SDC"}


def _cells(rows: pd.DataFrame) -> list[Text]:
    by_outcome = {row["outcome"]: row for row in rows.to_dict("records")}
    nothing = {"share": float("nan"), "low": 0.0, "high": 1.0}
    found = [by_outcome.get(outcome.value, nothing) for outcome in COARSE]
    return [cell(row["share"], row["low"], row["high"], wide=False) for row in found]
