"""Words of memory and registers as people read them."""

from __future__ import annotations

import struct

from sassafras.explanation.steps import Value
from sassafras.report.numbers import NOTHING, significant


def as_float(word: int) -> float:
    """The binary32 with these bits."""
    return float(struct.unpack("<f", struct.pack("<I", word))[0])


def number(value: float | None) -> str:
    """A number in few digits; NaN and infinities by name."""
    return NOTHING if value is None else significant(value, 5)


def word(value: int | None, *, bits: int = 32, is_float: bool = False) -> str:
    """Hex, and what it means: ``0x3f800000 (1)``."""
    if value is None:
        return NOTHING
    text = f"{value:#0{-(-bits // 4) + 2}x}"
    if is_float and bits == 32:
        return f"{text} ({number(as_float(value))})"
    if bits <= 32 and value < 1_000_000:
        return f"{text} ({value})"
    signed = value - (1 << bits)
    return f"{text} ({signed})" if bits <= 32 and signed > -1_000_000 else text


def shown(value: Value) -> tuple[str, str]:
    """A register, predicate or flags, golden and faulty."""
    if value.name.startswith("P"):
        return tuple(_truth(v) for v in (value.golden, value.faulty))  # type: ignore[return-value]
    if value.name == "CC":
        return tuple(_flags(v) for v in (value.golden, value.faulty))  # type: ignore[return-value]
    return word(value.golden, is_float=value.is_float), word(value.faulty, is_float=value.is_float)


def _truth(value: int | None) -> str:
    return NOTHING if value is None else "true" if value else "false"


def _flags(value: int | None) -> str:
    """Condition codes: the letters of those that are set."""
    if value is None:
        return NOTHING
    return "".join(letter if value >> k & 1 else "-" for k, letter in enumerate("ZSCO"))


def many(count: int, what: str, plural: str | None = None) -> str:
    """``1 value``, ``2,000 values``."""
    return f"{count:,} {what if count == 1 else plural or what + 's'}"


def bit_list(positions: tuple[int, ...]) -> str:
    """``bit 30``, ``bits 3 and 4``, ``17 of its bits``, ``no bit``."""
    if not positions:
        return "no bit"
    if len(positions) == 1:
        return f"bit {positions[0]}"
    if len(positions) == 2:
        return f"bits {positions[0]} and {positions[1]}"
    return f"{len(positions)} of its bits"
