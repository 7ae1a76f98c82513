"""Cells of tables: each type knows how it is written, for people and, in full precision, for programs. All
four renderers take the same words from here.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sassafras.analysis.intervals import none_seen_bound
from sassafras.hardening.ranking import Share as Sampled
from sassafras.report import numbers

Raw = Mapping[str, float | int | str]  #: by the end of the column's name in a CSV file; "": the value itself


@dataclass(frozen=True)
class Cell:
    """What a cell is: `parts`, of which the second stands in brackets or below the first; `unit`, where a
    renderer writes it; `raw` numbers. ``few``: it stands on so few trials that it is marked.
    """

    unit: ClassVar[str] = ""
    is_words: ClassVar[bool] = False  #: to the left, not to the right
    wraps: ClassVar[bool] = False  #: may be broken between words
    folds: ClassVar[bool] = False  #: and within

    @property
    def parts(self) -> tuple[str, str]:
        """As people read it."""
        raise NotImplementedError

    @property
    def raw(self) -> Raw:
        """As programs read it."""
        raise NotImplementedError

    @property
    def few(self) -> bool:
        """Whether it is marked."""
        return False

    @property
    def mark(self) -> str:
        """Behind it where it stands on few."""
        return numbers.FEW_MARK if self.few else ""

    @property
    def plain(self) -> str:
        """In one piece: "12.7 (10.7–14.9)"."""
        main, beside = self.parts
        return f"{main} ({beside})" if beside else main

    @property
    def text(self) -> str:
        """The same with its mark."""
        return self.plain + self.mark


@dataclass(frozen=True)
class Name(Cell):
    """A name: never broken."""

    name: str
    is_words: ClassVar[bool] = True

    @property
    def parts(self) -> tuple[str, str]:
        """The name."""
        return self.name, ""

    @property
    def raw(self) -> Raw:
        """The name."""
        return {"": self.name}


@dataclass(frozen=True)
class Text(Name):
    """Words, broken where there is no room."""

    wraps: ClassVar[bool] = True


@dataclass(frozen=True)
class Path(Text):
    """A path, broken anywhere where there is no room."""

    folds: ClassVar[bool] = True


@dataclass(frozen=True)
class Missing(Cell):
    """No number, and why."""

    reason: str = ""

    @property
    def parts(self) -> tuple[str, str]:
        """The reason in its own words, else a dash."""
        return self.reason or numbers.NOTHING, ""

    @property
    def raw(self) -> Raw:
        """Nothing."""
        return {"": ""}


@dataclass(frozen=True)
class Count(Cell):
    """A whole number, of a ``total`` where that is not None."""

    n: int
    total: int | None = None

    @property
    def parts(self) -> tuple[str, str]:
        """As "1,234" or "27/1,000"."""
        return f"{self.n:,}" + ("" if self.total is None else f"/{self.total:,}"), ""

    @property
    def raw(self) -> Raw:
        """The number, and the total."""
        return {"": self.n} | ({} if self.total is None else {"of": self.total})


@dataclass(frozen=True)
class Number(Cell):
    """A number with so many digits that matter: a p-value, a factor known exactly."""

    value: float
    digits: int = 3

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.0312"."""
        return numbers.significant(self.value, self.digits), ""

    @property
    def raw(self) -> Raw:
        """The number."""
        return {"": self.value}


@dataclass(frozen=True)
class Share(Cell):
    """A sampled share, 0..1, with its interval: ``n`` events of ``total`` trials; ``below``: the one-sided
    95 % upper bound where none was seen (else NaN). NaN: no trials. ``wide``: with its interval.
    """

    value: float
    low: float
    high: float
    below: float
    n: int
    total: int
    unit: ClassVar[str] = "%"

    @property
    def parts(self) -> tuple[str, str]:
        """See `numbers.share_parts`."""
        return numbers.share_parts(self.value, self.low, self.high, self.below)

    @property
    def few(self) -> bool:
        """Of fewer than `numbers.FEW` trials."""
        return 0 < self.total < numbers.FEW

    @property
    def raw(self) -> Raw:
        """All of it."""
        found = {"": self.value, "low": self.low, "high": self.high, "below": self.below}
        shown = {name: "" if math.isnan(value) else value for name, value in found.items()}
        return (
            shown | {"events": self.n, "trials": self.total} | ({"few": numbers.FEW_MARK} if self.few else {})
        )


@dataclass(frozen=True)
class Percent(Cell):
    """A share that was counted or modelled, not sampled. ``places``: decimals; None: as many as it needs."""

    value: float
    places: int | None = None
    unit: ClassVar[str] = "%"

    @property
    def parts(self) -> tuple[str, str]:
        """As "12.7"."""
        if self.places is None:
            return numbers.percent(self.value), ""
        return f"{self.value * 100:.{self.places}f}", ""

    @property
    def raw(self) -> Raw:
        """The share."""
        return {"": self.value}


@dataclass(frozen=True)
class HalfWidth(Percent):
    """How well a share is known."""

    @property
    def parts(self) -> tuple[str, str]:
        """As "±1.2"."""
        return f"±{super().parts[0]}", ""


@dataclass(frozen=True)
class Difference(Cell):
    """A difference of shares with its interval. ``marked``: significant, a star."""

    value: float
    low: float
    high: float
    marked: bool = False

    @property
    def parts(self) -> tuple[str, str]:
        """Percentage points: "+1.2*", "−0.4, 2.8"."""
        places = max(1, numbers.decimals_of(self.value, self.low, self.high))
        ends = ", ".join(numbers.signed(end, places).removeprefix("+") for end in (self.low, self.high))
        return numbers.signed(self.value, places) + "*" * self.marked, ends

    @property
    def raw(self) -> Raw:
        """The difference and its ends."""
        return {"": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class PValue(Cell):
    """A p-value. ``marked``: below the level, a star."""

    value: float
    marked: bool
    LEAST: ClassVar[float] = 0.001  #: those below are not told apart

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.031*"."""
        if self.value < self.LEAST:
            return f"<{self.LEAST}" + "*" * self.marked, ""
        return f"{self.value:.{3 if self.value < 10 * self.LEAST else 2}f}" + "*" * self.marked, ""

    @property
    def raw(self) -> Raw:
        """The number."""
        return {"": self.value}


@dataclass(frozen=True)
class Factor(Cell):
    """How many times as large: with its interval; NaN where that cannot be said."""

    value: float
    low: float
    high: float

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.166", "0.12–0.221"; "below 0.3" where there is nothing of the second."""
        if math.isnan(self.value):
            return numbers.NOTHING, ""
        if not self.value:
            return f"below {numbers.rounded_up(self.high)}" if math.isfinite(
                self.high
            ) else numbers.NOTHING, ""
        return numbers.significant(self.value), "–".join(map(numbers.significant, (self.low, self.high)))

    @property
    def raw(self) -> Raw:
        """All of it, as far as it exists."""
        found = {"": self.value, "low": self.low, "high": self.high}
        return {name: "" if math.isnan(value) else value for name, value in found.items()}


@dataclass(frozen=True)
class Milliseconds(Cell):
    """Seconds of an inference; ``instructions``: dynamic thread-instructions, where they are known."""

    seconds: float
    instructions: int | None = None

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.1234", "12.3 M"."""
        counted = "" if self.instructions is None else f"{self.instructions / 1e6:.1f} M"
        return f"{self.seconds * 1e3:.4f}", counted

    @property
    def raw(self) -> Raw:
        """Seconds, and instructions."""
        found = {} if self.instructions is None else {"instructions": self.instructions}
        return {"": self.seconds, **found}


@dataclass(frozen=True)
class Overhead(Cell):
    """Added time as a share, with the band of the model's constants where it is modelled (else NaN)."""

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def parts(self) -> tuple[str, str]:
        """As "+2.86 %", "1.16–4.86"."""
        ends = "" if math.isnan(self.low) else numbers.band_text(self.low, self.high)
        return f"{self.value * 100:+.2f} %", ends

    @property
    def raw(self) -> Raw:
        """All of it, as far as it is known."""
        band = {} if math.isnan(self.low) else {"low": self.low, "high": self.high}
        return {"": self.value, **band}


@dataclass(frozen=True)
class Fit(Cell):
    """A rate in FIT: from the lowest to the highest raw rate, and with the interval of the share as well;
    ``more``: what launches that nothing was injected into may add.
    """

    lowest: float
    highest: float
    low: float
    high: float
    more: float = 0.0

    @property
    def parts(self) -> tuple[str, str]:
        """As "1.2–3.4", "0.8–5"."""
        added = f" +{numbers.span(0, self.more)}" if self.more else ""
        return numbers.span(self.lowest, self.highest), numbers.span(self.low, self.high) + added

    @property
    def raw(self) -> Raw:
        """All of it."""
        return {
            "": self.lowest,
            "highest": self.highest,
            "low": self.low,
            "high": self.high,
        } | ({"more": self.more} if self.more else {})


def share_of(row: Mapping[Hashable, Any]) -> Share:
    """The share of a row of a table of the analysis."""
    share, low, high, below = (float(row[name]) for name in ("share", "low", "high", "below"))
    return Share(share, low, high, below, int(row["n"]), int(row["total"]))


def sampled(found: Sampled) -> Share:
    """A share of a ranking or of a study of hardening."""
    if not found.trials:
        return Share(math.nan, 0.0, 1.0, math.nan, 0, 0)
    below = math.nan if found.n else float(none_seen_bound(found.trials))
    return Share(found.value, found.low, found.high, below, found.n, found.trials)


def stored_share(stored: Mapping[str, Any]) -> Share:
    """A share as ``harden.json`` keeps it."""
    return sampled(Sampled(int(stored["n"]), int(stored["of"]), stored["low"], stored["high"]))
