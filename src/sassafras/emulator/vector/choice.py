"""Which programs and launches are run wide.

A program is run wide if no lane can tell: one that leaves the order of its threads to show (atomic updates,
and whatever needs other lanes) is run thread by thread. A run is worth it from so many threads on; the wide
build takes several times as long to compile.
"""

from __future__ import annotations

from enum import Enum

from sassafras.isa.kinds import Action
from sassafras.isa.program import Program

WORTH_THREADS = 1 << 13
MOST_INSTRUCTIONS = 2700
"""Of a program: compiling a wide form takes about 4 ms an instruction, and more than 10 s from here on."""
LARGE = 1500
"""Instructions from which on registers stay in memory, and lanes meet only where compiled code says so: the
time that it takes to keep them in the processor's registers grows faster than the program.
"""


class Form(Enum):
    """How a launch is emulated. Both give the same bits for programs in which no lane can tell."""

    THREADS = "one thread after the other"
    WIDE = "32 threads at a time, as vectors"


def is_large(program: Program) -> bool:
    """Whether its wide form is compiled the shorter way."""
    return len(program.instructions) >= LARGE


def can_tell(program: Program) -> bool:
    """Whether the order of threads may show in what a program without races computes."""
    return any(i.access is not None and i.access.action is Action.REDUCE for i in program.instructions)


def chosen_form(program: Program, threads: int) -> Form:
    """For a run of so many threads."""
    worth = threads >= WORTH_THREADS and len(program.instructions) <= MOST_INSTRUCTIONS
    return Form.WIDE if worth and not can_tell(program) else Form.THREADS
