"""Figures of a study of hardening: CKV and CLV before and after (paper Figures 10 to 15), Pareto front."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sassafras.analysis.results import Results
from sassafras.campaign.outcome import Outcome
from sassafras.hardening.plan import Protection
from sassafras.hardening.study import Study
from sassafras.report.chart import Chart, charts
from sassafras.report.figures import DPI, HEIGHT, STYLE, WIDTH, draw
from sassafras.report.palette import FAINT, INK

FORMATS = ("png", "svg")
ACCENT = "#D55E00"
DOTS = "#BBBBBB"


def write_harden_figures(folder: Path, before: Results, study: Study) -> list[Path]:
    """Write every figure as PNG and SVG; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {chart.name: draw(chart) for chart in before_after_charts(before, study)}
    figures["pareto"] = pareto_figure(study)
    paths = []
    for name, figure in figures.items():
        for kind in FORMATS:
            path = folder / f"harden_{name}.{kind}"
            partial = path.with_suffix(".partial")
            metadata = {"Software": None} if kind == "png" else {"Date": None}
            with mpl.rc_context(STYLE):
                figure.savefig(partial, format=kind, dpi=DPI, metadata=metadata)
            partial.replace(path)
            paths.append(path)
    return paths


def before_after_charts(before: Results, study: Study) -> list[Chart]:
    """The campaign's charts twice, on the same axes."""
    return before_after(before, study.evaluation.fresh, study.protection)


def before_after(before: Results, fresh: pd.DataFrame, protection: Protection) -> list[Chart]:
    """Each chart of the campaign, followed by the same of the hardened program's injections (``fresh``)."""
    after = replace(
        before,
        injections=_drawable(fresh),
        planned={m: int((fresh["mode"] == m.value).sum()) for m in before.modes},
    )
    pairs = zip(charts(before), charts(after), strict=True)
    found = []
    for first, second in pairs:
        top = max(first.top, second.top)
        note = second.note.replace(" not drawn", ", Detected and Corrected not drawn")
        found.append(replace(first, name=f"before_{first.name}", title=f"{first.title}, unhardened", top=top))
        title = f"{second.title}, after hardening"
        found.append(
            replace(second, name=f"after_{second.name}", title=title, top=top, note=f"{note}\n{protection}")
        )
    return found


def _drawable(injections: pd.DataFrame) -> pd.DataFrame:
    """Detected and corrected faults count among the injections and have no bars, like masked ones."""
    noticed = injections["outcome"].isin([Outcome.DETECTED.value, Outcome.CORRECTED.value])
    return injections.assign(outcome=injections["outcome"].mask(noticed, Outcome.MASKED.value))


def pareto_figure(study: Study) -> Figure:
    """Predicted critical share against overhead: the front, and the named plans that can be predicted."""
    front = study.plans.front()
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        axes.scatter(
            study.plans.overhead, study.plans.residual, s=2, color=DOTS, linewidths=0, rasterized=True
        )
        steps = [p.overhead for p in front], [p.residual for p in front]
        axes.step(*steps, where="post", color=INK, linewidth=1.0)
        axes.scatter(*steps, s=9, color=INK, zorder=3)
        chosen = study.plans.find(study.protection)
        if chosen is not None:
            axes.scatter([chosen.overhead], [chosen.residual], s=36, color=ACCENT, zorder=4)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("overhead (modelled time of the whole model)")
        axes.set_ylabel("faults left critical (predicted)")
        figure.suptitle("Plans of protection", x=0.01, ha="left", fontsize=9.5, fontweight="bold")
        note = f"{len(study.plans.residual):,} plans; line: Pareto front; large dot: {study.protection}"
        figure.supxlabel(note, x=0.01, ha="left", fontsize=6.5, color=FAINT)
    return figure
