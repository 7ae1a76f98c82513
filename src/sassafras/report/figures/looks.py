"""How marks look: one colour and one hatching per outcome, everywhere. Okabe and Ito's palette, told apart by
colour-blind readers; in grey print the hatching tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sassafras.analysis.outcomes import OutcomeClass


class Look(StrEnum):
    """What a mark stands for; its value is the name of a CSS class and variable."""

    MASKED = "c-masked"
    DUE = "c-due"
    MALFUNCTION = "c-malfunction"
    INVALID_OUTPUT = "c-invalid-output"
    LIGHT_MALFUNCTION = "c-light-malfunction"
    NO_MALFUNCTION = "c-no-malfunction"
    DETECTED = "c-detected"
    HEAT = "c-heat"  #: counts of a heat map; what was chosen
    CRITICAL = "c-critical"
    INK = "c-ink"
    SOFT = "c-soft"
    A = "c-a"
    B = "c-b"
    C = "c-c"
    D = "c-d"
    E = "c-e"
    F = "c-f"
    G = "c-g"
    H = "c-h"


@dataclass(frozen=True)
class Style:
    """Colours on paper and in the dark; the hatching as matplotlib writes it, and as the path of a tile of 6
    by 6.
    """

    colour: str
    dark: str
    hatch: str = ""
    path: str = ""


STYLES: dict[Look, Style] = {
    Look.MASKED: Style("#BBBBBB", "#7C858F", "----", "M0 3H6"),
    Look.DUE: Style("#0072B2", "#2A8FCB", "\\\\\\\\", "M-1 -1L7 7M-1 5L1 7M5 -1L7 1"),
    Look.MALFUNCTION: Style("#D55E00", "#D55E00"),
    Look.INVALID_OUTPUT: Style("#CC79A7", "#CC79A7", "xxxx", "M0 0L6 6M6 0L0 6"),
    Look.LIGHT_MALFUNCTION: Style("#E69F00", "#E69F00", "////", "M-1 7L7 -1M-1 1L1 -1M5 7L7 5"),
    Look.NO_MALFUNCTION: Style("#009E73", "#009E73", "....", "M2 3h2"),
    Look.DETECTED: Style("#56B4E9", "#56B4E9", "++++", "M0 3H6M3 0V6"),
    Look.HEAT: Style("#D55E00", "#D55E00"),
    Look.CRITICAL: Style("#8A929B", "#7C858F"),
    Look.INK: Style("#222222", "#E7EAEE"),
    Look.SOFT: Style("#777777", "#A9B0B9"),
    Look.A: Style("#222222", "#E7EAEE"),
    Look.B: Style("#882255", "#D98BB2"),
    Look.C: Style("#2F6E9E", "#84BDF2"),
    Look.D: Style("#777777", "#A9B0B9"),
    Look.E: Style("#8A5A83", "#C79FC2"),
    Look.F: Style("#117733", "#6CC08A"),
    Look.G: Style("#7A6A00", "#D8C65A"),
    Look.H: Style("#4D4D4D", "#C4C4C4"),
}
CAMPAIGNS = (Look.A, Look.B, Look.C, Look.D, Look.E, Look.F, Look.G, Look.H)
INK, SOFT, GRID, EMPTY = "#222222", "#666666", "#E4E4E4", "#F0F0F0"


def look_of(outcome: OutcomeClass | str) -> Look:
    """That of an outcome."""
    return Look(f"c-{str(outcome).lower().replace('_', '-')}")
