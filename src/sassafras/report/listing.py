"""A kernel's machine code with dynamic counts beside each instruction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sassafras.isa.program import Program


def listing_lines(program: Program, issued: Sequence[int], executed: Sequence[int]) -> Iterator[str]:
    """The listing, a line per instruction: offset, times issued (predicated-off included), times executed
    (guard true), text.

    ``issued``, ``executed``: dynamic thread-instructions per static instruction.
    """
    numbers = [f"{n:,}" for n in (*issued, *executed, sum(issued), sum(executed))]
    width = max(len("executed"), *map(len, numbers))
    yield f"{'offset':>6}  {'issued':>{width}}  {'executed':>{width}}  instruction"
    for instruction, reached, done in zip(program.instructions, issued, executed, strict=True):
        yield f"{instruction.offset:>#6x}  {reached:>{width},}  {done:>{width},}  {instruction.text}"
    yield f"{'total':>6}  {sum(issued):>{width},}  {sum(executed):>{width},}"
