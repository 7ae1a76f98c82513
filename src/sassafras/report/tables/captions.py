"""What captions say of shares and of frames."""

from __future__ import annotations

from sassafras.analysis.golden import GoldenAccuracy
from sassafras.analysis.over_frames import LEAST_FRAMES, METHOD
from sassafras.analysis.results import Results
from sassafras.report.numbers import NONE_SEEN, NOTHING

UNWEIGHTED = "counts of the stratified sample, not weighted"
OVER_FRAMES = (
    f"95 % intervals ({METHOD}) for other frames of the same kind: the frame is a random effect; "
    f"{NOTHING}: no event seen, or nothing else"
)


def percent_of(results: Results, whole: str) -> str:
    """What the shares of a table are shares of, and how their intervals are made."""
    sampling = results.sampling
    return (
        f"percent of {sampling.share_of(whole)}, 95 % intervals ({sampling.intervals}) over faults, "
        f"{for_these(results.frames)}; {NONE_SEEN}"
    )


def golden_line(golden: GoldenAccuracy) -> str:
    """How often the network is right without a fault: "golden: 7 of 8 frames right (by their true class)"."""
    if not golden.known:
        return "golden: true classes not known"
    unknown = golden.frames - golden.known
    by = "all of their true classes and no other" if golden.sets else "by their true class"
    line = f"golden: {golden.right} of {golden.known} frames right ({by})"
    return line + (f"; true classes of {unknown} others not known" if unknown else "")


def for_these(frames: int) -> str:
    """Of which frames an interval over faults speaks."""
    return "for this frame" if frames == 1 else f"for these {frames:,} frames"


def none_over_frames(results: Results) -> str:
    """Why there are no intervals over frames although there are enough of them; "" where there are, or are
    too few. A clause to put behind a caption.
    """
    if results.frames < LEAST_FRAMES or results.sampling.is_plain:
        return ""
    return "; intervals over frames: of uniform injections in a number fixed beforehand alone"
