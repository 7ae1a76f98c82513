"""The slider of the page: what is critical at another tolerance, counted and said for each of its stops.
``tolerance.js`` puts a stop's words and lengths where they belong.
"""

from __future__ import annotations

from dataclasses import replace

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.hardening.ranking import Ranked, rank, share
from sassafras.report.cells import sampled
from sassafras.report.figures.changes import STOPS, bar_key, log_part
from sassafras.report.renderers.html import written
from sassafras.report.tables.ranking import ranking_of
from sassafras.simulation.outcome import Severity


def stops_with(tolerance: float) -> tuple[float, ...]:
    """The slider's stops and the tolerance that the page was made with."""
    return tuple(sorted({*STOPS, tolerance}))


def no_slider(results: Results) -> str:
    """Why there are no counts for other tolerances; "" where there are."""
    if not results.sampling.is_plain:
        return "the injections were sampled so that counts alone are no estimate"
    light = results.injections["severity"] == Severity.LIGHT_MALFUNCTION.value
    if results.injections.loc[light, "largest_change"].isna().any():
        return "an older version stored some of the rows, and how large their changes are is not known"
    return "" if len(results.injections) else "no fault was injected"


def slider_facts(results: Results) -> dict[str, object]:
    """What ``tolerance.js`` needs: the stops, which one the page was made with, what each of them shows."""
    stops, missing = stops_with(results.critical.tolerance), no_slider(results)
    return {
        "stops": list(stops),
        "words": [f"{stop:g}" for stop in stops],
        "start": stops.index(results.critical.tolerance),
        "missing": missing,
        "shown": [] if missing else [_shown(replace(results, critical=Criticality(s))) for s in stops],
    }


def _shown(results: Results) -> dict[str, object]:
    """What the page says at the tolerance of these results. Of each bar: value, low end and end of the
    interval, and its label.
    """
    found = rank(results.injections, results.kernels, results.modes, results.critical)
    said = results.vocabulary.said
    return {
        "meaning": said(results.critical.words),
        "place": round(log_part(results.critical.tolerance), 5),
        "tiles": {mode.value: _of_all(found, number) for number, mode in enumerate(results.modes)},
        "ranking": [[said(written(cell)) for cell in row.cells] for row in ranking_of(results, found).rows],
        "bars": {
            bar_key(mode, one.kernel): [round(v, 7) for v in (bar.value, bar.low, bar.end)] + [bar.said]
            for one in found
            for mode, own in one.by_mode
            for bar in [sampled(own)]
        },
    }


def _of_all(found: tuple[Ranked, ...], mode: int) -> str:
    """The critical faults of a mode, in all kernels."""
    own = [one.by_mode[mode][1] for one in found]
    return sampled(share(sum(one.n for one in own), own[0].trials)).said
