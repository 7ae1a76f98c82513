"""Shares of all outcomes stacked to 100 %: by flipped bit, instruction group and opcode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.analysis.outcomes import OutcomeClass
from sassafras.analysis.vulnerability import breakdown
from sassafras.hardening.ranking import Share, share
from sassafras.report.chart import Bar, bar_of, table_rows
from sassafras.report.page.marks import WIDTH, Filter, Item, Tick, item
from sassafras.report.page.wording import bar_text, said, style_of

ORDER = (
    OutcomeClass.MALFUNCTION,
    OutcomeClass.INVALID_OUTPUT,
    OutcomeClass.LIGHT_MALFUNCTION,
    OutcomeClass.NO_MALFUNCTION,
    OutcomeClass.DUE,
)
"""From the worst; the others follow in their own order."""


@dataclass(frozen=True)
class Stack:
    """A value of a column (a bit, a group, an opcode): its injections and the share of each outcome.
    ``critical``: those of them that are.
    """

    value: str
    trials: int
    bars: Mapping[OutcomeClass, Bar]
    critical: Share


@dataclass(frozen=True)
class Piece:
    """A piece of a stack, from ``start`` on, in units of the figure."""

    style: str
    start: float
    length: float


@dataclass(frozen=True)
class PlacedStack:
    """A stack with coordinates: ``at`` and ``thick`` across it."""

    item: Item
    name: str
    trials: int
    at: float
    thick: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class StackFigure:
    """Stacks side by side (bits) or below each other (groups, opcodes)."""

    name: str
    title: str
    height: float
    stacks: tuple[PlacedStack, ...]
    ticks: tuple[Tick, ...]
    start: float
    length: float
    width: float = WIDTH


def stacks(
    rows: pd.DataFrame,
    column: str,
    values: Sequence[int] | Sequence[str] | None = None,
    critical: Criticality = PLAIN,
) -> list[Stack]:
    """One stack per value of a column of the injections ``rows``; see `vulnerability.breakdown`."""
    table = breakdown(rows, column, values=values)
    bad = critical.rows(rows).groupby(rows[column]).sum() if len(rows) else pd.Series(dtype=int)
    found = []
    for value, part in table_rows(table, column).items():
        bars = {OutcomeClass(outcome): bar_of(row) for outcome, row in part.items()}
        trials = int(next(iter(part.values()))["total"])
        found.append(Stack(str(value), trials, bars, share(int(bad.get(value, 0)), trials)))
    return found


def told(stack: Stack, name: str, chosen: Filter) -> Item:
    """What a stack says when pointed at."""
    lines = [f"{name}: {stack.trials:,} injections", f"critical: {said(stack.critical)}"]
    lines += [f"{c.label}: {bar_text(stack.bars[c])}" for c in order() if stack.bars[c].n]
    return item(lines, chosen)


def order() -> list[OutcomeClass]:
    """Outcomes as they are stacked."""
    return [*ORDER, *(c for c in OutcomeClass if c not in ORDER)]


def pieces(stack: Stack, start: float, length: float) -> tuple[Piece, ...]:
    """The pieces of a stack of a length (negative: growing towards 0, as up a screen)."""
    found = []
    for outcome in order():
        part = (stack.bars[outcome].share or 0.0) * length
        if part:
            found.append(Piece(style_of(outcome), start + min(part, 0.0), abs(part)))
        start += part
    return tuple(found)


def place_rows(
    name: str, title: str, shown: Sequence[Stack], names: Mapping[str, str], chosen: Filter, column: str
) -> StackFigure:
    """Stacks below each other, each in a line of its own. ``column``: the name of the table's filter."""
    left, right, height, top = 84.0, 44.0, 15.0, 18.0
    length = WIDTH - left - right
    placed = [
        PlacedStack(
            told(stack, names.get(stack.value, stack.value), {**chosen, column: stack.value}),
            names.get(stack.value, stack.value),
            stack.trials,
            top + number * (height + 5),
            height,
            pieces(stack, left, length),
        )
        for number, stack in enumerate(shown)
    ]
    ticks = tuple(Tick(left + length * k / 4, f"{25 * k} %") for k in range(5))
    return StackFigure(name, title, top + len(shown) * (height + 5) + 2, tuple(placed), ticks, left, length)


def place_columns(name: str, title: str, shown: Sequence[Stack], chosen: Filter) -> StackFigure:
    """Stacks side by side, the highest bit to the left."""
    left, length, top = 38.0, 130.0, 8.0
    wide = (WIDTH - left - 4) / len(shown)
    placed = [
        PlacedStack(
            told(stack, f"bit {stack.value}", {**chosen, "bit": int(stack.value)}),
            stack.value,
            stack.trials,
            left + number * wide,
            wide * 0.86,
            pieces(stack, top + length, -length),
        )
        for number, stack in enumerate(reversed(shown))
    ]
    ticks = tuple(Tick(top + length - length * k / 4, f"{25 * k} %") for k in range(5))
    return StackFigure(name, title, top + length + 26, tuple(placed), ticks, left, length)
