"""The Pareto front of plans for papers."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from sassafras.report.page.hardened import Hardening
from sassafras.report.page.pareto import chosen_overhead
from sassafras.report.palette import FAINT, GRID, INK
from sassafras.report.paper_style import Size, style

DOTS = "#BBBBBB"
ACCENT = "#D55E00"


def paper_pareto(hardening: Hardening, size: Size) -> Figure:
    """All plans, the front with its named points, the chosen plan as predicted, and as measured with its 95 %
    interval.
    """
    plans, front = hardening.plans, hardening.plans.front
    with mpl.rc_context(style(size)):
        figure = Figure(figsize=(size.width, 2.6), layout="constrained")
        axes = figure.add_subplot()
        axes.scatter(plans.overhead, plans.failures, s=1.5, color=DOTS, linewidths=0, rasterized=True)
        steps = [plan.overhead for plan in front], [plan.failures for plan in front]
        axes.step(*steps, where="post", color=INK, linewidth=0.9)
        axes.scatter(*steps, s=6, color=INK, zorder=3, label="Pareto front")
        chosen = plans.find(hardening.protection)
        if chosen is not None:
            axes.scatter(
                [chosen.overhead], [chosen.failures], s=26, color=ACCENT, zorder=4, label="chosen, predicted"
            )
        measured = hardening.numbers["planner"]["measured"]
        value = measured["failures"]
        axes.errorbar(
            [chosen_overhead(hardening)],
            [value],
            [[value - measured["low"]], [measured["high"] - value]],
            fmt="x",
            color=FAINT,
            markersize=5,
            linewidth=1.0,
            zorder=5,
            label="chosen, measured",
        )
        for point in hardening.numbers["planner"]["points"]:
            where = (point["overhead"], point["failures"])
            axes.annotate(point["key"], where, (3, 4), textcoords="offset points", fontsize=6)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set_ylim(bottom=0)
        axes.grid(color=GRID, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.set_xlabel("overhead (modelled time of the whole model)")
        axes.set_ylabel(f"weighted failures{hardening.critical.suffix}")
        axes.legend(frameon=False, loc="upper right")
    return figure
