"""Which programs and launches are run wide.

A program is run wide if no lane can tell: one that leaves the order of its threads to show (atomic updates,
and whatever needs other lanes) is run thread by thread. A run is worth it from so many threads on; the wide
build takes several times as long to compile.
"""

from __future__ import annotations

from enum import Enum

from sassafras.isa.kinds import Flow
from sassafras.isa.operands import Target
from sassafras.isa.program import Program, of_program

WORTH = 1 << 27
"""Thread-instructions of a run, about, from which on it is run wide: fewer take less than 0.1 s one thread
after the other, and compiling the wide form takes about a second, once.
"""
_ROUNDS = 16  #: of a loop, about
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


@of_program
def can_tell(program: Program) -> bool:
    """Whether the order of threads may show in what a program without races computes."""
    return any(i.is_atomic for i in program.instructions)


def can_be_wide(program: Program) -> bool:
    """Whether large runs of it are run wide."""
    alone = not can_tell(program) and not program.is_warp_synchronous
    return alone and len(program.instructions) <= MOST_INSTRUCTIONS


def has_loop(program: Program) -> bool:
    """Whether an instruction leads back."""
    return any(
        isinstance(o, Target) and o.offset < i.offset
        for i in program.instructions
        if i.flow is Flow.JUMP
        for o in i.operands
    )


def chosen_form(program: Program, threads: int) -> Form:
    """For a run of so many threads."""
    instructions = len(program.instructions)
    work = threads * instructions * (_ROUNDS if has_loop(program) else 1)
    return Form.WIDE if work >= WORTH and can_be_wide(program) else Form.THREADS
