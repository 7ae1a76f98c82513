"""The tables of the page: the numbers below each figure, before and after, the same faults
replayed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sassafras.analysis.events import PAPER_LABEL, Event
from sassafras.analysis.mixture import is_mixed
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.results import Results
from sassafras.faults.model import Mode
from sassafras.hardening.residual import ENDINGS, by_mode
from sassafras.report.figures.breakdowns import Slice
from sassafras.report.figures.estimate import table_rows
from sassafras.report.frame_tables import OVER_FRAMES, TITLE, for_these, frame_cell, none_over_frames
from sassafras.report.page.hardened import Hardening
from sassafras.report.page.wording import row_text, said
from sassafras.report.tables import ALL, UNWEIGHTED

DASH = "–"


@dataclass(frozen=True)
class Row:
    """A row: its heading and its cells. ``rule``: a line above it."""

    heading: str
    cells: tuple[str, ...]
    rule: bool = False


@dataclass(frozen=True)
class Table:
    """A table of the page. ``name``: of its element. ``columns``: headings, that of the first column
    included.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def ckv_numbers(results: Results, mode: Mode) -> Table:
    """CKV of a mode with all outcomes: all percentages together are 100."""
    whole = "the mode's" if results.sampling.stratify else f"the mode's {results.injected(mode):,}"
    caption = f"CKV, mode {mode.value}: percent of {results.sampling.share_of(whole)}"
    names = {kernel: kernel for kernel in results.kernels}
    return _metric(f"numbers_ckv_{mode.value}", caption, "kernel", names, results.ckv(mode))


def clv_numbers(results: Results, mode: Mode) -> Table:
    """CLV of a mode with all outcomes: each row is 100 %."""
    whole = "each layer's"
    caption = f"CLV, mode {mode.value}: percent of {results.sampling.share_of(whole)}"
    names = {layer.index: f"{layer.index} {layer.kind}" for layer in results.layers}
    return _metric(f"numbers_clv_{mode.value}", caption, "layer", names, results.clv(mode))


def _metric(name: str, caption: str, column: str, names: Mapping[Any, str], metric: pd.DataFrame) -> Table:
    found = table_rows(metric, column)
    rows = []
    for value, heading in names.items():
        own = found[value]
        cells = [row_text(own[outcome.value]) for outcome in OutcomeClass]
        n = sum(int(row["n"]) for row in own.values())
        rows.append(Row(heading, (f"{n:,}", *cells)))
    return Table(name, caption, (column, "n", *(c.label for c in OutcomeClass)), tuple(rows))


def outcome_numbers(results: Results) -> Table:
    """Outcomes of each mode."""
    found, whole = results.outcomes(), "each mode's"
    names = {mode.value: mode.value for mode in results.modes}
    caption = (
        f"Outcomes: percent of {results.sampling.share_of(whole)}; intervals over faults, "
        f"{for_these(results.frames)}{none_over_frames(results)}"
    )
    return _metric("numbers_outcomes", caption, "mode", names, found)


def over_frames_numbers(results: Results) -> list[Table]:
    """Outcomes of each mode with intervals over frames; none where there are none."""
    found = results.over_frames()
    if found is None:
        return []
    rows = []
    for mode, own in found.groupby("mode", sort=False):
        cells = [frame_cell(row["share"], row["low"], row["high"]).plain for row in own.to_dict("records")]
        shown = [c if c == DASH else f"{c} %" for c in cells]
        rows.append(Row(str(mode), (str(own["frames"].iloc[0]), *shown)))
    headings = ("mode", "frames", *(c.label for c in OutcomeClass))
    return [Table("numbers_over_frames", f"{TITLE}: {OVER_FRAMES}", headings, tuple(rows))]


def model_numbers(results: Results) -> list[Table]:
    """Outcomes of each mode and fault model, where some mode mixes several; no table else."""
    if not is_mixed(results.models):
        return []
    found = results.by_model()
    found = found.assign(of=found["mode"] + " " + found["model"])
    whole = results.sampling.share_of("each model's")
    caption = f"By fault model: percent of {whole}; the table above: {results.mixture}"
    names = {of: of for of in found["of"].unique()}
    return [_metric("numbers_by_model", caption, "of", names, found)]


def sum_tables(results: Results) -> list[Table]:
    """Malfunction as the paper counts it, by kernel (CKV) and by layer (CLV), a column per mode."""
    kernels = {mode.value: ALL for mode in results.modes} | {kernel: kernel for kernel in results.kernels}
    layers = {str(layer.index): f"{layer.index} {layer.kind}" for layer in results.layers}
    return [
        _sums(results, "kernel", ("mode", "kernel"), kernels, "all the mode's"),
        _sums(results, "layer", ("layer",), layers, "each layer's"),
    ]


def _sums(
    results: Results, column: str, parts: tuple[str, ...], names: Mapping[str, str], whole: str
) -> Table:
    found = results.sums()
    found = found[(found["event"] == Event.PAPER_MALFUNCTION) & found["part"].isin(parts)]
    cells: dict[str, list[str]] = {heading: [] for heading in names.values()}
    for row in found.to_dict("records"):
        cells[names[str(row["name"])]].append(row_text(row))
    rows = tuple(Row(heading, tuple(texts)) for heading, texts in cells.items())
    caption = f"{PAPER_LABEL}: percent of {results.sampling.share_of(whole)}"
    return Table(f"numbers_paper_{column}", caption, (column, *(m.value for m in results.modes)), rows)


def kind_tables(results: Results) -> list[Table]:
    """Kinds of DUE, and why faults were masked; those that happened."""
    dues, masked = results.due_kinds(), results.masked_reasons()
    found = []
    if dues["n"].any():
        caption = "Kinds of DUE: " + _of(results, "percent of the mode's DUEs")
        found.append(_kinds("numbers_due", caption, "due_kind", dues))
    if masked["n"].any():
        masked = masked[masked.groupby("mode")["n"].transform("sum") > 0]
        caption = "Why faults were masked: " + _of(results, "percent of the mode's masked faults")
        found.append(_kinds("numbers_masked", caption, "masked_reason", masked))
    return found


def _of(results: Results, what: str) -> str:
    return what if results.sampling.stratify is None else UNWEIGHTED


def _kinds(name: str, caption: str, column: str, counts: pd.DataFrame) -> Table:
    modes = [str(mode) for mode in counts["mode"].unique()]
    happened = counts.groupby(column, sort=False)["n"].sum()
    rows = [
        Row(
            str(kind).replace("_", " ").lower(),
            tuple(
                f"{row['n']:,}" + (f": {row_text(row)}" if row["share"] > 0 else "")
                for row in counts[counts[column] == kind].to_dict("records")
            ),
        )
        for kind in happened[happened > 0].index
    ]
    return Table(name, caption, (column.replace("_", " "), *modes), tuple(rows))


def stack_numbers(name: str, caption: str, column: str, stacks: Iterable[Slice]) -> Table:
    """The numbers of a figure of stacks."""
    rows = [
        Row(s.value, (f"{s.trials:,}", said(s.critical), *(s.bars[c].text for c in OutcomeClass)))
        for s in stacks
    ]
    return Table(name, caption, (column, "n", "critical", *(c.label for c in OutcomeClass)), tuple(rows))


def endings_table(hardening: Hardening) -> Table:
    """How injections end in each program's own population. Critical: as it was when this was studied."""
    results, critical = hardening.results, hardening.critical
    before, fresh = (by_mode(r, results.modes, critical) for r in (results.injections, hardening.fresh))
    rows: list[Row] = []
    for mode in before:
        for program, found in (("unhardened", before[mode]), ("hardened", fresh[mode])):
            shares = [found.critical, *(share for _, share in found.endings)]
            cells = (f"{found.injections:,}", *(said(share) for share in shares))
            rows.append(Row(f"{mode}, {program}", cells, rule=program == "unhardened" and bool(rows)))
    labels = [name if name == "DUE" else name.replace("_", "-").title() for name in ENDINGS]
    caption = (
        f"Before and after{critical.suffix}: percent of the injections into each program's own population"
    )
    return Table("endings", caption, ("mode, program", "n", "critical", *labels), tuple(rows))


def replay_table(hardening: Hardening) -> Table:
    """The same faults in both programs, with McNemar's exact test."""
    replay = hardening.numbers["replay"]
    rows: list[Row] = []
    for label, pairs in (("protected", replay["protected_kernels"]), ("all", replay["all_kernels"])):
        for number, (mode, pair) in enumerate(pairs.items()):
            reduction = DASH if pair["reduction"] is None else f"{pair['reduction'] * 100:.1f} %"
            counts = (pair["pairs"], pair["critical_before"], pair["critical_after"])
            voters = f"{replay['corrected_by_voters'][mode]:,}"
            cells = (*(f"{n:,}" for n in counts), reduction, voters, f"{pair['p_value']:.2g}")
            rows.append(Row(f"{label} kernels, {mode}", cells, rule=label == "all" and not number))
    without = len(replay["no_counterpart"])
    caption = (
        f"The same faults replayed: how many were critical{hardening.critical.suffix}. Voters: silent "
        "corruptions of any severity that voters corrected, which raises no flag. p: McNemar's exact test. "
        f"{without:,} faults have no counterpart in the hardened program"
    )
    headings = ("kernels, mode", "pairs", "before", "after", "reduction", "voters", "p")
    return Table("replay", caption, headings, tuple(rows))


def survivor_table(hardening: Hardening) -> Table | None:
    """Why faults survived their kernel's protection; None where none did."""
    survivors = hardening.numbers["survivors"]
    if not survivors:
        return None
    counts = Counter((s["view"], s["kernel"], s["mode"], s["reason"]) for s in survivors)
    rows = [
        Row(kernel, (view, mode, reason, f"{n:,}"))
        for (view, kernel, mode, reason), n in sorted(counts.items())
    ]
    caption = "Critical faults that survived protection, and why (each of them: harden.json)"
    return Table("survivors", caption, ("kernel", "view", "mode", "reason", "n"), tuple(rows))
