"""The data of the figures of a study of hardening: each chart before and after (paper Figures 10 to 15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sassafras.analysis.results import Results
from sassafras.hardening.plan import Protection
from sassafras.hardening.study import Study
from sassafras.kernels.registry import ADDED
from sassafras.report.chart import Chart, charts
from sassafras.report.drawing import Drawing
from sassafras.simulation.outcome import Outcome


def begin_harden_figures(folder: Path, before: Results, study: Study, processes: int = 1) -> Drawing:
    """Begin to draw every figure of a study. ``processes``: 1 draws in this process, when it is asked to
    finish.
    """

    def draw(some: Sequence[Chart | Study]) -> None:
        from sassafras.report.harden_figures import (
            write_harden_figures,  # matplotlib: only where it is needed
        )

        write_harden_figures(folder, some)

    charts_of_both = before_after(before, study.evaluation.fresh, study.protection)
    return Drawing(draw, [study, *charts_of_both], processes)


def before_after(before: Results, fresh: pd.DataFrame, protection: Protection) -> list[Chart]:
    """Each chart of the campaign, followed by the same of the hardened program's injections (``fresh``).
    Kernels that hardening has added stand in both.
    """
    struck = set(fresh["kernel"])
    before = replace(before, kernels=(*before.kernels, *(k for k in ADDED if k in struck)))
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
