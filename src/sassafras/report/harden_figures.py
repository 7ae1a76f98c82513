"""Figures of a study of hardening: CKV and CLV before and after (paper Figures 10 to 15), Pareto front."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
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
    """Predicted weighted failures against overhead: all plans, the front with the bands of its overheads, its
    named points, and the chosen plan.
    """
    front = study.plans.front
    bands = [study.costs.overhead(plan.protection) for plan in front]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT), layout="constrained")
        axes = figure.add_subplot()
        axes.scatter(
            study.plans.overhead, study.plans.failures, s=2, color=DOTS, linewidths=0, rasterized=True
        )
        steps = [p.overhead for p in front], [p.failures for p in front]
        low, high = (np.array([getattr(band, end) for band in bands]) for end in ("low", "high"))
        axes.hlines(steps[1], low, high, color=FAINT, linewidth=0.6, zorder=1)
        axes.step(*steps, where="post", color=INK, linewidth=1.0)
        axes.scatter(*steps, s=9, color=INK, zorder=3)
        chosen = study.plans.find(study.protection)
        if chosen is not None:
            axes.scatter([chosen.overhead], [chosen.failures], s=36, color=ACCENT, zorder=4)
        for point in study.points:
            where = (point.plan.overhead, point.plan.failures)
            axes.annotate(point.key, where, (4, 5), textcoords="offset points", fontsize=6.5)
        axes.set_xlim(right=max(float(study.plans.overhead.max()), *steps[0]) * 1.05 + 1e-6)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_xlabel("overhead (modelled time of the whole model)")
        axes.set_ylabel(f"weighted failures (predicted{study.critical.suffix})")
        figure.suptitle("Plans of protection", x=0.01, ha="left", fontsize=9.5, fontweight="bold")
        note = (
            f"{len(study.plans):,} plans; line: Pareto front, with the bands of the model's constants; "
            f"weights: {study.plans.weights}\nlarge dot: {study.protection}"
        )
        figure.supxlabel(note, x=0.01, ha="left", fontsize=6.5, color=FAINT)
    return figure
