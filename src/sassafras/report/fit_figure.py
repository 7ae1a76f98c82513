"""The figure of ``sassafras fit``: bands of FIT beside the limit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sassafras.analysis.fit import LIMIT, Ecc, Fit, FitOutcome, fit_of, unknown_fit
from sassafras.hardening.fit_study import FitStudy, ProgramFit
from sassafras.report.figures import DPI, STYLE, WIDTH
from sassafras.report.palette import FAINT, GRID, INK

FORMATS = ("png", "svg")
COLOURS = {
    FitOutcome.MALFUNCTION: "#D55E00",
    FitOutcome.INVALID_OUTPUT: "#CC79A7",
    FitOutcome.LIGHT_MALFUNCTION: "#E69F00",
    FitOutcome.DUE: "#0072B2",
    FitOutcome.DETECTED: "#56B4E9",
}  #: those of the other figures (`report.palette`)
LEAST = 1e-3  #: FIT at the left edge: less than that, and nothing at all, looks the same
ROW_INCHES = 0.42


@dataclass(frozen=True)
class Row:
    """A line of the figure: its name and a rate for each outcome drawn. ``unknown``: what kernels that were
    not injected may add, at most; None where that is no part of it.
    """

    name: str
    fits: dict[FitOutcome, Fit]
    unknown: float | None = None


def figure_rows(study: FitStudy) -> list[Row]:
    """Kernels of the unhardened program without ECC; then every program with and without, of the injected
    kernels, and beside it what the others may add.
    """
    plain = study.programs[0]
    rows = []
    for kernel in study.injected:
        cells = plain.cells[plain.cells["kernel"] == kernel]
        rows.append(Row(kernel, _fits(study, plain, cells, Ecc.NONE)))
    for program in study.programs:
        known = program.cells["kernel"].isin(study.injected)
        what = "injected" if study.missing else "all"
        for ecc in Ecc:
            name = f"{what}: {program.name}".replace(",", "\n")
            protected = name if ecc is Ecc.NONE else f"{name}\n{ecc}"
            fits = _fits(study, program, program.cells[known], ecc)
            unknown = unknown_fit(program.cells[~known], ecc, study.rates).high if study.missing else None
            rows.append(Row(protected, fits, unknown))
    return rows


def _fits(study: FitStudy, program: ProgramFit, cells: pd.DataFrame, ecc: Ecc) -> dict[FitOutcome, Fit]:
    drawn = [outcome for outcome in COLOURS if outcome in program.outcomes]
    return {outcome: fit_of(cells, outcome, ecc, study.rates) for outcome in drawn}


def draw_fit(study: FitStudy) -> Figure:
    """Thick: from the lowest to the highest raw rate; thin: with the 95 % interval of the AVF; the limit as a
    line.
    """
    rows = figure_rows(study)
    outcomes = [outcome for outcome in COLOURS if any(outcome in row.fits for row in rows)]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, 1.3 + ROW_INCHES * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        highest = max(LIMIT, *(fit.high for row in rows for fit in row.fits.values()))
        highest = max(highest, *(row.unknown or 0 for row in rows))
        for place, row in enumerate(rows):
            _draw_row(axes, -place, row, outcomes)
        axes.axvline(LIMIT, color=INK, linewidth=1, linestyle="--", zorder=1)
        _frame(figure, axes, study, rows, highest)
        figure.legend(
            handles=[
                *(Patch(color=COLOURS[o], label=_label(o)) for o in outcomes),
                Line2D([], [], color=INK, linewidth=1, linestyle="--", label=f"{LIMIT:g} FIT"),
                *([Line2D([], [], color=FAINT, linestyle=":", label="unknown")] if study.missing else []),
            ],
            loc="outside upper right",
            ncols=len(outcomes) + 1 + bool(study.missing),
            frameon=False,
            fontsize=7.5,
            handlelength=1.2,
            columnspacing=1.2,
        )
    return figure


def _draw_row(axes: Axes, place: float, row: Row, outcomes: list[FitOutcome]) -> None:
    if row.unknown:
        axes.hlines(place - 0.42, LEAST, row.unknown, color=FAINT, linewidth=1.2, linestyle=":", zorder=2)
    for number, outcome in enumerate(outcomes):
        fit = row.fits.get(outcome)
        y = place + 0.3 - 0.6 * number / max(1, len(outcomes) - 1)
        if fit is None or fit.high <= 0:
            continue
        ends = [max(x, LEAST) for x in (fit.low, fit.lowest, fit.highest, fit.high)]
        axes.hlines(y, ends[0], ends[3], color=COLOURS[outcome], linewidth=0.9, zorder=2)
        if fit.highest > 0:
            axes.hlines(y, ends[1], ends[2], color=COLOURS[outcome], linewidth=4.0, zorder=3)
            axes.plot([ends[1], ends[2]], [y, y], "|", color=COLOURS[outcome], markersize=5, zorder=4)


def _frame(figure: Figure, axes: Axes, study: FitStudy, rows: list[Row], highest: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(LEAST, highest * 2)
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.set_yticks([-k for k in range(len(rows))], [row.name for row in rows])
    axes.axhline(-len(study.injected) + 0.5, color=FAINT, linewidth=0.6)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("FIT: failures in $10^9$ hours (left edge: less, or nothing)")
    figure.suptitle("FIT of the register file", x=0.01, ha="left", fontsize=9.5, fontweight="bold")
    left_out = f"; unknown: what {', '.join(study.missing)} may add, not injected" if study.missing else ""
    figure.supxlabel(
        "thick: lowest to highest raw rate; thin: with the 95 % interval of the AVF. "
        f"{study.device.name}, modelled time{left_out}",
        x=0.01,
        ha="left",
        fontsize=6.5,
        color=FAINT,
    )


def _label(outcome: FitOutcome) -> str:
    return "DUE" if outcome is FitOutcome.DUE else outcome.value.replace("_", "-").title()


def write_fit_figure(folder: Path, study: FitStudy) -> list[Path]:
    """Draw to ``folder/fit.png`` and ``fit.svg``; the same numbers give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    figure, paths = draw_fit(study), []
    for kind in FORMATS:
        path = folder / f"fit.{kind}"
        partial = path.with_suffix(".partial")
        with mpl.rc_context(STYLE):
            metadata = {"Software": None} if kind == "png" else {"Date": None}
            figure.savefig(partial, format=kind, dpi=DPI, metadata=metadata)
        partial.replace(path)
        paths.append(path)
    return paths
