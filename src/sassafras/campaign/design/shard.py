"""Parts of a campaign for several machines: every so-many-th fault of each mode."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sassafras.errors import UsageError


@dataclass(frozen=True)
class Shard:
    """Part ``index`` (from 1) of ``of``: the faults whose number leaves index - 1 when divided by of. The
    parts of a campaign are disjoint, and together they are the campaign.
    """

    index: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.of:
            raise ValueError(f"shard {self.index} of {self.of} does not exist")

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


def parse_shard(text: str) -> Shard:
    """The shard that "2/5" means. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    try:
        if found is None:
            raise ValueError
        return Shard(int(found[1]), int(found[2]))
    except ValueError:
        raise UsageError(f"--shard {text}: give part and parts, such as 2/5 (the second of five)") from None


def numbers_of(shard: Shard | None, count: int) -> range:
    """Numbers of the faults, of ``count`` per mode, that a shard has; None: all."""
    return range(count) if shard is None else range(shard.index - 1, count, shard.of)
