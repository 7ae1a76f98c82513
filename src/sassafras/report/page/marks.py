"""What the figures of the page are made of: marks with coordinates, and what a reader may point at."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

Filter = Mapping[str, str | int]
"""What of the injections a mark stands for: values by the names of the table's filters (``table.js``)."""

WIDTH = 420  #: of every figure, in its own units; the page scales it to a third of a desk or a whole phone


@dataclass(frozen=True)
class Item:
    """Something to point at. ``label``: what it says, a line each; ``filter``: the injections behind it,
    JSON, or "" where the page's table does not hold them.
    """

    label: str
    filter: str = ""


def item(lines: list[str], chosen: Filter | None = None) -> Item:
    """An item of these lines."""
    return Item("\n".join(line for line in lines if line), "" if chosen is None else json.dumps(dict(chosen)))


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where, and what it says."""

    at: float
    label: str


def share_ticks(top: float, most: int = 5) -> list[float]:
    """Round shares from 0 to ``top``: at most ``most`` steps of 1, 2 or 5 times a power of ten."""
    exact = top / most
    power = 10.0 ** math.floor(math.log10(exact))
    step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= exact * (1 - 1e-9))
    return [step * k for k in range(int(top / step + 1e-9) + 1)]


def percent_tick(share: float) -> str:
    """A round share as an axis says it."""
    return f"{share * 100:.6g} %"
