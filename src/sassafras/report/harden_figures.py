"""Figures of a study of hardening: CKV and CLV before and after (paper Figures 10 to 15), Pareto front."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sassafras.hardening.study import Study
from sassafras.report.chart import Chart
from sassafras.report.figures import DPI, HEIGHT, STYLE, WIDTH, draw
from sassafras.report.palette import FAINT, INK

FORMATS = ("png", "svg")
ACCENT = "#D55E00"
DOTS = "#BBBBBB"


def write_harden_figures(folder: Path, items: Sequence[Chart | Study]) -> list[Path]:
    """Write charts, and the Pareto front of a study, as PNG and SVG; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for item in items:
        name = item.name if isinstance(item, Chart) else "pareto"
        figure = draw(item) if isinstance(item, Chart) else pareto_figure(item)
        for kind in FORMATS:
            path = folder / f"harden_{name}.{kind}"
            partly = path.with_suffix(".partial")
            metadata = {"Software": None} if kind == "png" else {"Date": None}
            with mpl.rc_context(STYLE):
                figure.savefig(partly, format=kind, dpi=DPI, metadata=metadata)
            partly.replace(path)
            paths.append(path)
    return paths


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
        axes.set_ylabel(f"faults left critical (predicted{study.critical.suffix})")
        figure.suptitle("Plans of protection", x=0.01, ha="left", fontsize=9.5, fontweight="bold")
        note = f"{len(study.plans.residual):,} plans; line: Pareto front; large dot: {study.protection}"
        figure.supxlabel(note, x=0.01, ha="left", fontsize=6.5, color=FAINT)
    return figure
