"""The slider of the page, which counts critical faults again for another tolerance (``tolerance.js``), from
the packed rows.
"""

from __future__ import annotations

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.report.figures.changes import STOPS, log_part
from sassafras.simulation.outcome import Severity


def stops_with(tolerance: float) -> tuple[float, ...]:
    """The slider's stops and the tolerance that the page was made with."""
    return tuple(sorted({*STOPS, tolerance}))


def no_slider(results: Results) -> str:
    """Why nothing can be counted again from the rows of the page; "" where it can."""
    if not results.sampling.is_plain:
        return "the injections were sampled so that counts alone are no estimate"
    light = results.injections["severity"] == Severity.LIGHT_MALFUNCTION.value
    if results.injections.loc[light, "largest_change"].isna().any():
        return "an older version stored some of the rows, and how large their changes are is not known"
    return ""


def slider_facts(results: Results) -> dict[str, object]:
    """What ``tolerance.js`` needs: the stops, which one the page was made with, the histogram's places."""
    stops = stops_with(results.critical.tolerance)
    return {
        "stops": list(stops),
        "words": [f"{stop:g}" for stop in stops],
        "meanings": [Criticality(stop).words for stop in stops],
        "start": stops.index(results.critical.tolerance),
        "places": [round(log_part(stop), 5) for stop in stops],
        "missing": no_slider(results),
    }
