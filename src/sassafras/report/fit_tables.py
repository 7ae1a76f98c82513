"""Tables of ``sassafras fit`` for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
from rich.table import Table

from sassafras.analysis.fit import (
    LIMIT,
    Ecc,
    Fit,
    FitOutcome,
    Verdict,
    fit_of,
    per_inferences,
    unknown_fit,
    verdict,
)
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.avf_table import avf_table, plain_table
from sassafras.report.harden_layout import WIDE, Layout, fitting

DASH = "–"
SILENT = (
    FitOutcome.MALFUNCTION,
    FitOutcome.INVALID_OUTPUT,
    FitOutcome.LIGHT_MALFUNCTION,
    FitOutcome.NO_MALFUNCTION,
)
OTHERS = (FitOutcome.DUE, FitOutcome.FAILURE)
OVER_PROGRAMS = (FitOutcome.CRITICAL, FitOutcome.DUE, FitOutcome.DETECTED, FitOutcome.FAILURE)


def fit_tables(study: FitStudy, width: int = WIDE) -> list[Table]:
    """What kernels allocate and their AVF; FIT by kernel and by layer; programs with and without ECC.
    ``width``: columns of the terminal.
    """
    plain = study.programs[0]
    return [
        avf_table(study.device.name, plain.launches, plain.cells, study.injected),
        *fitting(partial(part_tables, study, plain, "kernel"), width),
        *fitting(partial(part_tables, study, plain, "layer"), width),
        programs_table(study),
    ]


def number(value: float) -> str:
    """Two digits that matter; what is not 0 and less than 0.001 is called that."""
    if value == 0 or value >= 0.001:
        return f"{value:.0f}" if value >= 100 or value == 0 else f"{value:.2g}"
    return "<0.001"


def span(low: float, high: float) -> str:
    """Two numbers, or one where they read alike."""
    return number(high) if number(low) == number(high) else f"{number(low)}–{number(high)}"


def cell(found: Fit) -> str:
    """A band, and below it the band with the interval of the share."""
    return f"{span(found.lowest, found.highest)}\n{span(found.low, found.high)}"


def part_tables(study: FitStudy, program: ProgramFit, by: str, layout: Layout = Layout.WIDE) -> list[Table]:
    """FIT by kernel or by layer, without ECC; a row for the whole."""
    if layout is not Layout.SPLIT:
        return [_part_table(study, program, by, (*SILENT, *OTHERS))]
    return [_part_table(study, program, by, shown) for shown in (SILENT, OTHERS)]


def _part_table(study: FitStudy, program: ProgramFit, by: str, shown: Sequence[FitOutcome]) -> Table:
    table = plain_table(
        f"FIT of the register file by {by}: {program.name}, no ECC",
        "failures in 10^9 hours; first line: from the lowest to the highest raw rate; second: with the 95 % "
        "interval of the AVF; Failure: DUE, Detected or critical, which is " + study.critical.words,
        [by, "n"],
    )
    for outcome in shown:
        table.add_column(_label(outcome), justify="right")
    known = program.cells[program.cells["kernel"].isin(study.injected)]
    for name, rows in known.groupby(by, sort=False):
        table.add_row(str(name), str(rows["n"].sum()), *_row(study, rows, shown))
    table.add_section()
    table.add_row("injected", str(known["n"].sum()), *_row(study, known, shown))
    if study.missing and by == "kernel":
        for kernel in study.missing:
            unknown = unknown_fit(program.cells[program.cells["kernel"] == kernel], Ecc.NONE, study.rates)
            table.add_row(kernel, DASH, *[span(0, unknown.high)] * len(shown))
    return table


def _row(study: FitStudy, rows: pd.DataFrame, shown: Sequence[FitOutcome]) -> list[str]:
    return [cell(fit_of(rows, outcome, Ecc.NONE, study.rates)) for outcome in shown]


def programs_table(study: FitStudy) -> Table:
    """Every program, with and without ECC, beside the limit."""
    table = plain_table(
        f"Beside the limit of {LIMIT:g} FIT (injected kernels)",
        "SECDED: single-bit upsets corrected, double-bit upsets a DUE when read; critical: "
        f"{study.critical.words}; failures: below or above {LIMIT:g} FIT, or undecided",
        ["program", "ECC"],
    )
    for outcome in OVER_PROGRAMS:
        table.add_column(_label(outcome), justify="right")
    table.add_column("failures")
    for program in study.programs:
        known = program.cells[program.cells["kernel"].isin(study.injected)]
        for ecc in Ecc:
            found = {
                outcome: fit_of(known, outcome, ecc, study.rates)
                for outcome in OVER_PROGRAMS
                if outcome in program.outcomes
            }
            table.add_row(
                program.name.replace(",", "\n"),
                ecc.value,
                *(cell(found[o]) if o in found else DASH for o in OVER_PROGRAMS),
                verdict(found[FitOutcome.FAILURE]).name.lower(),
            )
    return table


def _label(outcome: FitOutcome) -> str:
    if outcome is FitOutcome.DUE:
        return outcome.value
    return outcome.value.replace("_", "-\n").replace("MALFUNCTION", "MAL-\nFUNCTION").lower().title()


def closing_lines(study: FitStudy) -> list[str]:
    """Where the numbers come from, and what they leave out."""
    plain, band = study.programs[0], study.rates.band
    sources = "; ".join(f"{source.name}: {source.certainty.value}" for source in band.sources)
    lines = [
        (
            f"raw rate: {span(band.low, band.high)} FIT per Mbit ({sources}); {study.rates.bits:,} bits: "
            f"{span(*band.fit_of(study.rates.bits))} FIT before any AVF"
        )
    ]
    known = plain.cells[plain.cells["kernel"].isin(study.injected)]
    found = per_inferences(fit_of(known, FitOutcome.CRITICAL, Ecc.NONE, study.rates), plain.seconds)
    lines.append(
        f"one inference: {plain.seconds * 1e3:.3g} ms modelled; wrong answers by the injected kernels in "
        f"10^9 inferences: {found.low:.2g} to {found.high:.2g}"
    )
    for kernel in study.missing:
        rows = plain.cells[plain.cells["kernel"] == kernel]
        most = unknown_fit(rows, Ecc.NONE, study.rates).high
        lines.append(
            f"{kernel} was not injected ({rows['time'].sum() * 100:.0f} % of the time): between 0 and "
            f"{number(most)} FIT more; inject it with --kernels all"
        )
    lines += [f"left out, unfinished: {name}; finish it with sassafras harden" for name in study.unfinished]
    return lines


def within_limit(study: FitStudy) -> Verdict:
    """Whether failures of the unhardened program without ECC stay below the limit, whatever the kernels do
    that were not injected.
    """
    cells = study.programs[0].cells
    known = cells["kernel"].isin(study.injected)
    found = fit_of(cells[known], FitOutcome.FAILURE, Ecc.NONE, study.rates)
    more = unknown_fit(cells[~known], Ecc.NONE, study.rates).high
    return verdict(Fit(found.lowest, found.highest, found.low, found.high + more))
