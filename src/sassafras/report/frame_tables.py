"""What is said about frames: how often the network is right on them, and what other frames would give."""

from __future__ import annotations

import math

from rich.table import Table
from rich.text import Text

from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.over_frames import LEAST_FRAMES, METHOD
from sassafras.analysis.results import Results
from sassafras.report.cells import add_outcome_columns, cell
from sassafras.report.frames import plain_table
from sassafras.report.numbers import NOTHING

TITLE = "Outcomes over frames"


def golden_line(golden: GoldenAccuracy) -> str:
    """How often the network is right without a fault: "golden: 7 of 8 frames right (by their true class)"."""
    if not golden.known:
        return "golden: true classes not known"
    unknown = golden.frames - golden.known
    line = f"golden: {golden.right} of {golden.known} frames right (by their true class)"
    return line + (f"; true classes of {unknown} others not known" if unknown else "")


def for_these(frames: int) -> str:
    """Of which frames an interval over faults speaks."""
    return "for this frame" if frames == 1 else f"for these {frames:,} frames"


OVER_FRAMES = (
    f"95 % intervals ({METHOD}) for other frames of the same kind: the frame is a random effect; "
    f"{NOTHING}: no event seen, or nothing else"
)


def none_over_frames(results: Results) -> str:
    """Why there are no intervals over frames although there are enough of them; "" where there are, or are
    too few. A clause to put behind a caption.
    """
    if results.frames < LEAST_FRAMES or results.sampling.is_plain:
        return ""
    return "; intervals over frames: of uniform injections in a number fixed beforehand alone"


def over_frames_table(results: Results, *, wide: bool = True) -> Table | None:
    """Outcomes of each mode with intervals over frames; None where there are none (`Results.over_frames`)."""
    found = results.over_frames()
    if found is None:
        return None
    table = plain_table(TITLE, f"percent; {OVER_FRAMES}", ["mode", "frames"], wide=wide)
    add_outcome_columns(table, wide=wide)
    for mode, rows in found.groupby("mode", sort=False):
        cells = [frame_cell(r["share"], r["low"], r["high"], wide=wide) for r in rows.to_dict("records")]
        table.add_row(str(mode), str(rows["frames"].iloc[0]), *cells)
    return table


def frame_cell(share: float, low: float, high: float, *, wide: bool = True) -> Text:
    """A share and its interval over frames; a dash where there is no interval."""
    return Text(NOTHING) if math.isnan(low) else cell(share, low, high, wide=wide)
