"""FIT of the register file: bands of rates beside the limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.fit import LIMIT, Ecc, Fit, FitOutcome, fit_of
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.figures import value as v
from sassafras.report.figures.axes import lines_axis
from sassafras.report.figures.looks import Look
from sassafras.report.numbers import significant

LOOKS = {
    FitOutcome.MALFUNCTION: Look.MALFUNCTION,
    FitOutcome.INVALID_OUTPUT: Look.INVALID_OUTPUT,
    FitOutcome.LIGHT_MALFUNCTION: Look.LIGHT_MALFUNCTION,
    FitOutcome.DUE: Look.DUE,
    FitOutcome.DETECTED: Look.DETECTED,
}
LEAST = 1e-3  #: FIT at the left edge: less than that, and nothing at all, looks the same


@dataclass(frozen=True)
class Row:
    """A line of the figure: its name and a rate for each outcome drawn. ``unknown``: what kernels that were
    not injected may add, at most; None where that is no part of it.
    """

    name: str
    note: str
    fits: Mapping[FitOutcome, Fit]
    unknown: float | None = None


def figure_rows(study: FitStudy) -> list[Row]:
    """Kernels of the unhardened program without ECC; then every program with and without, of the injected
    kernels, and beside it what the others may add.
    """
    plain = study.programs[0]
    rows = []
    for kernel in study.injected:
        cells = plain.cells[plain.cells["kernel"] == kernel]
        rows.append(Row(kernel, "", _fits(study, plain, cells, Ecc.NONE)))
    what = "injected" if study.missing else "all"
    for program in study.programs:
        for ecc in Ecc:
            fits = _fits(study, program, study.known(program), ecc)
            unknown = study.more(program, ecc) if study.missing else None
            rows.append(Row(f"{what}: {program.name}", "" if ecc is Ecc.NONE else str(ecc), fits, unknown))
    return rows


def _fits(study: FitStudy, program: ProgramFit, cells: pd.DataFrame, ecc: Ecc) -> dict[FitOutcome, Fit]:
    drawn = [outcome for outcome in LOOKS if outcome in program.outcomes]
    return {outcome: fit_of(cells, outcome, ecc, study.rates) for outcome in drawn}


def fit(study: FitStudy) -> list[v.Figure]:
    """Thick: from the lowest to the highest raw rate; thin: with the 95 % interval of the AVF; dashed: the
    limit.
    """
    found = figure_rows(study)
    outcomes = [outcome for outcome in LOOKS if any(outcome in row.fits for row in found)]
    highest = max(LIMIT, *(fit.high for row in found for fit in row.fits.values()))
    highest = 2 * max(highest, *(row.unknown or 0 for row in found))
    high = 0.7 * (len(outcomes) + bool(study.missing)) + 0.8
    lines = len(found) * high
    marks: list[v.Mark] = [v.Line(((LIMIT, 0.0), (LIMIT, lines)), Look.INK, dashed=True)]
    for number, row in enumerate(found):
        marks += _marks(row, outcomes, number * high)
    ticks = [10.0**p for p in range(-3, 12) if 10.0**p <= highest]
    x = v.Axis(LEAST, highest, tuple(v.Tick(at, f"{at:g}") for at in ticks),
             "FIT: failures in 10⁹ hours (left edge: less, or nothing)", log=True)  # fmt: skip
    names = tuple(v.RowLabel(k * high + high / 2 - 0.4, row.name, row.note) for k, row in enumerate(found))
    legend = tuple(v.Entry(LOOKS[o], _label(o)) for o in outcomes)
    legend += (v.Entry(Look.INK, f"{LIMIT:g} FIT", v.Sign.LINE, dashed=True),)
    if study.missing:
        legend += (
            v.Entry(Look.SOFT, f"unknown: what {', '.join(study.missing)} may add", v.Sign.LINE, dashed=True),
        )
    title = "FIT of the register file"
    note = "Thick: lowest to highest raw rate; thin: with the 95 % interval of the AVF."
    caption = f"{study.device.name}, modelled time; dashed line: the limit of {LIMIT:g} FIT"
    totals = [
        f"{row.name} {row.note}: {_label(outcome)} at most {significant(one.high)}"
        for row in found[-2:]
        for outcome, one in row.fits.items()
    ]
    alt = f"{title}: ranges on a logarithmic axis; {'; '.join(totals)}"
    panel = v.Panel(x, lines_axis(lines), lines, tuple(marks), names)
    return [v.Figure("fit", title, caption, note, alt, ((panel,),), legend, 560)]


def _marks(row: Row, outcomes: list[FitOutcome], top: float) -> list[v.Mark]:
    found: list[v.Mark] = []
    for number, outcome in enumerate(outcomes):
        fit, y = row.fits.get(outcome), top + 0.7 * number + 0.4
        if fit is None or fit.high <= 0:
            continue
        inner = (max(fit.lowest, LEAST), max(fit.highest, LEAST)) if fit.highest > 0 else None
        told = v.Told((
            f"{row.name} {row.note}".strip(),
            f"{_label(outcome)}: {significant(fit.lowest)} to {significant(fit.highest)} FIT",
            f"with the interval of the AVF: {significant(fit.low)} to {significant(fit.high)}",
        ))  # fmt: skip
        found.append(
            v.Range(y, inner, (max(fit.low, LEAST), max(fit.high, LEAST)), LOOKS[outcome], told=told)
        )
    if row.unknown:
        told = v.Told((row.name, f"what was not injected may add {significant(row.unknown)} FIT at most"))
        y = top + 0.7 * len(outcomes) + 0.4
        found.append(v.Range(y, None, (LEAST, max(row.unknown, LEAST)), Look.SOFT, dotted=True, told=told))
    return found


def _label(outcome: FitOutcome) -> str:
    return "DUE" if outcome is FitOutcome.DUE else outcome.value.replace("_", "-").title()
