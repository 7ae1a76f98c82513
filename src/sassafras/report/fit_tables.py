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
    within_limit,
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
    unknown = (
        f"; rates are those of the injected kernels, + what {', '.join(study.missing)} may add, not injected"
    )
    table = plain_table(
        f"Beside the limit of {LIMIT:g} FIT",
        "SECDED: single-bit upsets corrected, double-bit upsets a DUE when read; critical: "
        f"{study.critical.words}{unknown if study.missing else ''}; whole: failures of the whole inference "
        f"below or above {LIMIT:g} FIT, undecided, or cannot be told",
        ["program", "ECC"],
    )
    for outcome in OVER_PROGRAMS:
        table.add_column(_label(outcome), justify="right")
    table.add_column("whole")
    for program in study.programs:
        for ecc in Ecc:
            table.add_row(
                program.name.replace(",", "\n"),
                ecc.value,
                *(_beside(study, program, outcome, ecc) for outcome in OVER_PROGRAMS),
                within_limit(program.cells, study.injected, ecc, study.rates).word,
            )
    return table


def _beside(study: FitStudy, program: ProgramFit, outcome: FitOutcome, ecc: Ecc) -> str:
    """A rate of the injected kernels; below failures, what the others may add."""
    if outcome not in program.outcomes:
        return DASH
    known = program.cells["kernel"].isin(study.injected)
    text = cell(fit_of(program.cells[known], outcome, ecc, study.rates))
    if known.all() or outcome is not FitOutcome.FAILURE:
        return text
    return f"{text}\n+{span(0, unknown_fit(program.cells[~known], ecc, study.rates).high)}"


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
    is_known = plain.cells["kernel"].isin(study.injected)
    critical = fit_of(plain.cells[is_known], FitOutcome.CRITICAL, Ecc.NONE, study.rates)
    found = per_inferences(critical, plain.seconds)
    lines.append(
        f"one inference: {plain.seconds * 1e3:.3g} ms modelled; critical failures ({study.critical.words}) "
        f"{'by the injected kernels ' if study.missing else ''}in 10^9 inferences: {found.low:.2g} to "
        f"{found.high:.2g}"
    )
    lines += limit_lines(study)
    lines += [f"left out, unfinished: {name}; finish it with sassafras harden" for name in study.unfinished]
    return lines


def limit_lines(study: FitStudy) -> list[str]:
    """Each program without ECC beside the limit, all its kernels counted; what is missing for that."""
    lines = []
    told = [within_limit(p.cells, study.injected, Ecc.NONE, study.rates) for p in study.programs]
    for program, found in zip(study.programs, told, strict=True):
        words = _limit_words(study, program, found)
        lines.append(f"failures of the whole inference, {program.name}, no ECC: {words}")
    if Verdict.UNKNOWN in told:
        lines.append("to know, inject into every kernel: --kernels all, or --preset all")
    return lines


def _limit_words(study: FitStudy, program: ProgramFit, found: Verdict) -> str:
    known = program.cells["kernel"].isin(study.injected)
    own = fit_of(program.cells[known], FitOutcome.FAILURE, Ecc.NONE, study.rates)
    if known.all():
        return f"{span(own.low, own.high)} FIT, {found.value} of {LIMIT:g} FIT"
    rest = program.cells[~known]
    more = unknown_fit(rest, Ecc.NONE, study.rates)
    what = (
        f"{span(own.low, own.high)} FIT from the injected kernels, and between 0 and {number(more.high)} FIT "
        f"from {', '.join(study.missing)} ({rest['time'].sum() * 100:.0f} % of the time)"
    )
    if found is Verdict.UNKNOWN:
        return f"whether it is below {LIMIT:g} FIT cannot be told: {what}"
    return f"{found.value} of {LIMIT:g} FIT, whatever the others do: {what}"
