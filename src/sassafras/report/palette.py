"""One colour per outcome, everywhere: Okabe and Ito's palette, told apart by colour-blind readers and in grey
print.
"""

from __future__ import annotations

from sassafras.analysis.outcomes import OutcomeClass

COLOURS: dict[OutcomeClass, str] = {
    OutcomeClass.MASKED: "#BBBBBB",
    OutcomeClass.DUE: "#0072B2",  # blue
    OutcomeClass.MALFUNCTION: "#D55E00",  # vermilion
    OutcomeClass.INVALID_OUTPUT: "#CC79A7",  # reddish purple
    OutcomeClass.LIGHT_MALFUNCTION: "#E69F00",  # orange
    OutcomeClass.NO_MALFUNCTION: "#009E73",  # bluish green
}
INK = "#222222"
FAINT = "#777777"
EMPTY = "#F0F0F0"  #: behind groups that have no injections
GRID = "#E4E4E4"
