"""Numbers and names as the page writes them."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.faults.model import Mode

MODE_NAMES = {
    Mode.RF: "register file",
    Mode.IOA: "instruction output address",
    Mode.IOV: "instruction output value",
    Mode.MEM: "device memory",
}


@dataclass(frozen=True)
class Point:
    """What everybody asks, and the answer."""

    name: str
    text: str


def listed(words: list[str]) -> str:
    """Words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def duration(seconds: float) -> str:
    """A time for people: "3.4 s", "2 min 12 s", "1 h 04 min"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"
