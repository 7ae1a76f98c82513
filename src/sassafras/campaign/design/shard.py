"""Parts of a campaign for several machines: every so-many-th fault of each mode."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class MergedShards:
    """Parts of a campaign that was divided into ``of``: those that were merged, and those that were not."""

    of: int
    merged: tuple[Shard, ...]
    missing: tuple[Shard, ...]


def merged_shards(merged: Sequence[Mapping[str, Any]]) -> MergedShards | None:
    """What a merged campaign has of its shards, by what it says it was merged from (JSON; a folder may itself
    have been merged). None where nothing was, or where the folders were not all shards of one division.
    """
    found = set(_shards(merged))
    if not found or None in found:
        return None
    shards = sorted((shard for shard in found if shard is not None), key=lambda shard: shard.index)
    if len({shard.of for shard in shards}) != 1:
        return None
    every = [Shard(index, shards[0].of) for index in range(1, shards[0].of + 1)]
    return MergedShards(len(every), tuple(shards), tuple(one for one in every if one not in found))


def _shards(merged: Sequence[Mapping[str, Any]]) -> Iterator[Shard | None]:
    for part in merged:
        if part.get("merged"):
            yield from _shards(part["merged"])
        else:
            stored = part["settings"].get("shard")
            yield None if stored is None else Shard(stored["index"], stored["of"])


def numbers_of(shard: Shard | None, count: int) -> range:
    """Numbers of the faults, of ``count`` per mode, that a shard has; None: all."""
    return range(count) if shard is None else range(shard.index - 1, count, shard.of)
