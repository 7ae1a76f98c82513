"""Cells of tables: each type knows how it is written, for people and, in full precision, for programs. All
four renderers take the same words from here.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from sassafras.analysis.intervals import none_seen_bound
from sassafras.hardening.ranking import Share as Sampled
from sassafras.report import numbers

Raw = Mapping[str, float | int | str]  #: by the end of the column's name in a CSV file; "": the value itself


@dataclass(frozen=True)
class Cell:
    """What a cell is: its fields, the value first, are what programs read; `parts` are what people read."""

    unit: ClassVar[str] = ""  #: where a renderer writes it
    is_words: ClassVar[bool] = False  #: to the left, not to the right
    wraps: ClassVar[bool] = False  #: may be broken between words
    folds: ClassVar[bool] = False  #: and within
    apart: ClassVar[tuple[str, ...]] = ()  #: fields that say how it is written

    @property
    def parts(self) -> tuple[str, str]:
        """As people read it: the second stands in brackets, or below the first."""
        raise NotImplementedError

    @property
    def raw(self) -> Raw:
        """As programs read it, in full precision; a number that does not exist is ""."""
        found: dict[str, float | int | str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name not in self.apart and value is not None:
                is_number = not isinstance(value, float) or not math.isnan(value)
                found[field.name if found else ""] = value if is_number else ""
        return found | ({"few": numbers.FEW_MARK} if self.few else {})

    @property
    def few(self) -> bool:
        """Whether it stands on so few trials that it is marked."""
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


@dataclass(frozen=True)
class Place(Name):
    """A place in memory, by name and by address."""

    address: int

    @property
    def parts(self) -> tuple[str, str]:
        """The name; the address as "0x50012a52c"."""
        return self.name, f"{self.address:#x}"


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
    """No number, and why: a dash where it goes without saying."""

    value: str = ""
    reason: str = numbers.NOTHING
    apart: ClassVar[tuple[str, ...]] = ("reason",)

    @property
    def parts(self) -> tuple[str, str]:
        """The reason."""
        return self.reason, ""


@dataclass(frozen=True)
class Count(Cell):
    """A whole number; ``of`` a total, where that is not None."""

    n: int
    of: int | None = None

    @property
    def parts(self) -> tuple[str, str]:
        """As "1,234" or "27/1,000"."""
        return f"{self.n:,}" + ("" if self.of is None else f"/{self.of:,}"), ""


@dataclass(frozen=True)
class Number(Cell):
    """A number with so many digits that matter: a p-value, a factor known exactly."""

    value: float
    digits: int = 3
    apart: ClassVar[tuple[str, ...]] = ("digits",)

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.0312"."""
        return numbers.significant(self.value, self.digits), ""


@dataclass(frozen=True)
class Share(Cell):
    """A sampled share, 0..1, with its interval, of ``events`` in ``trials``; ``below``: the one-sided 95 %
    upper bound where none was seen (else NaN). NaN: no trials.
    """

    value: float
    low: float
    high: float
    below: float
    events: int
    trials: int
    unit: ClassVar[str] = "%"

    @property
    def parts(self) -> tuple[str, str]:
        """See `numbers.share_parts`."""
        return numbers.share_parts(self.value, self.low, self.high, self.below)

    @property
    def said(self) -> str:
        """In a sentence: "12.7 (10.7–14.9) %"."""
        return numbers.with_unit(self.plain)

    @property
    def alone(self) -> str:
        """The same without its interval: "12.7 %"."""
        return numbers.with_unit(self.parts[0])

    @property
    def label(self) -> str:
        """Where there is room for the share alone: "12.7", "<0.30"."""
        return numbers.share_label(self.value, self.low, self.high, self.below)

    @property
    def end(self) -> float:
        """Where its whisker ends: at the one-sided bound where none was seen."""
        return self.high if math.isnan(self.below) else self.below

    @property
    def few(self) -> bool:
        """Of fewer than `numbers.FEW` trials."""
        return 0 < self.trials < numbers.FEW


@dataclass(frozen=True)
class Percent(Cell):
    """A share that was counted or modelled, not sampled. ``places``: decimals; None: as many as it needs."""

    value: float
    places: int | None = None
    unit: ClassVar[str] = "%"
    apart: ClassVar[tuple[str, ...]] = ("places",)

    @property
    def parts(self) -> tuple[str, str]:
        """As "12.7"."""
        if self.places is None:
            return numbers.percent(self.value), ""
        return f"{self.value * 100:.{self.places}f}", ""


@dataclass(frozen=True)
class HalfWidth(Percent):
    """How well a share is known."""

    @property
    def parts(self) -> tuple[str, str]:
        """As "±1.2"."""
        return f"±{numbers.percent(self.value)}", ""


@dataclass(frozen=True)
class Difference(Cell):
    """A difference of shares with its interval. ``marked``: significant, a star."""

    value: float
    low: float
    high: float
    marked: bool = False
    apart: ClassVar[tuple[str, ...]] = ("marked",)

    @property
    def parts(self) -> tuple[str, str]:
        """Percentage points: "+1.2*", "−0.4, 2.8"."""
        places = numbers.decimals_of(self.value, self.low, self.high)
        ends = ", ".join(numbers.signed(end, places).removeprefix("+") for end in (self.low, self.high))
        return numbers.signed(self.value, places) + "*" * self.marked, ends


@dataclass(frozen=True)
class PValue(Cell):
    """A p-value; those below `LEAST` are not told apart. ``marked``: below the level, a star."""

    value: float
    marked: bool
    apart: ClassVar[tuple[str, ...]] = ("marked",)
    LEAST: ClassVar[float] = 0.001

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.031*"."""
        if self.value < self.LEAST:
            return f"<{self.LEAST}" + "*" * self.marked, ""
        return f"{self.value:.{3 if self.value < 10 * self.LEAST else 2}f}" + "*" * self.marked, ""


@dataclass(frozen=True)
class Probability(Cell):
    """What a network says of a class; NaN where it says nothing."""

    value: float

    @property
    def parts(self) -> tuple[str, str]:
        """As "49.3973 %"."""
        return numbers.probability(self.value), ""


@dataclass(frozen=True)
class Points(Cell):
    """A change of a probability."""

    value: float
    then: float

    @property
    def parts(self) -> tuple[str, str]:
        """Percentage points: "-0.0069"."""
        return numbers.points(self.value, self.then), ""


@dataclass(frozen=True)
class Factor(Cell):
    """How many times as large: with its interval; NaN where that cannot be said."""

    value: float
    low: float
    high: float

    @property
    def parts(self) -> tuple[str, str]:
        """As "0.166", "0.12–0.221"; "below 0.3" where there is nothing of the second."""
        if math.isnan(self.value) or (not self.value and math.isinf(self.high)):
            return numbers.NOTHING, ""
        if not self.value:
            return f"below {numbers.rounded_up(self.high)}", ""
        return numbers.significant(self.value), "–".join(map(numbers.significant, (self.low, self.high)))


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


@dataclass(frozen=True)
class Overhead(Cell):
    """Added time as a share, with the band of the model's constants where it is modelled."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def parts(self) -> tuple[str, str]:
        """As "+2.86 %", "1.16–4.86"."""
        ends = "" if self.low is None or self.high is None else numbers.band_text(self.low, self.high)
        return f"{numbers.added(self.value, sign=True)} %", ends


@dataclass(frozen=True)
class Fit(Cell):
    """A rate in FIT: from the lowest to the highest raw rate, and with the interval of the share as well;
    ``more``: what launches that nothing was injected into may add.
    """

    lowest: float
    highest: float
    low: float
    high: float
    more: float | None = None

    @property
    def parts(self) -> tuple[str, str]:
        """As "1.2–3.4", "0.8–5 +0–3"."""
        added = "" if self.more is None else f" +{numbers.span(0, self.more)}"
        return numbers.span(self.lowest, self.highest), numbers.span(self.low, self.high) + added


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
