"""Which launches, blocks and threads a check looks at: decided by a seed, the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sassafras.workload.launches import PlannedLaunch


@dataclass(frozen=True)
class Sampling:
    """``struck``: the kernels that a campaign strikes, by plain name. ``seed`` decides which blocks and
    threads are looked at.
    """

    struck: tuple[str, ...]
    seed: int


def cheapest_launches(plan: Iterable[PlannedLaunch]) -> list[PlannedLaunch]:
    """For each program the launch whose threads have the least to do: the fewest bytes read per byte written,
    then the smallest.
    """
    best: dict[str, PlannedLaunch] = {}
    for planned in plan:
        known = best.get(planned.program)
        if known is None or _effort(planned) < _effort(known):
            best[planned.program] = planned
    return list(best.values())


def _effort(planned: PlannedLaunch) -> tuple[float, int]:
    read, written = (sum(region.nbytes for region in regions) for regions in (planned.reads, planned.writes))
    return read / max(written, 1), written


def dice(seed: int, planned: PlannedLaunch) -> np.random.Generator:
    """A generator that depends on the seed and the launch alone."""
    return np.random.Generator(np.random.Philox(key=seed, counter=planned.index))


def sampled_blocks(seed: int, planned: PlannedLaunch) -> list[int]:
    """The first block, the last (which may be cut short) and one between."""
    last = planned.launch.blocks - 1
    return sorted({0, int(dice(seed, planned).integers(last + 1)), last})


def sampled_threads(seed: int, planned: PlannedLaunch, count: int) -> list[tuple[int, int]]:
    """(block, thread) of ``count`` threads, drawn from the whole launch (fewer where it has fewer)."""
    per_block = planned.launch.threads_per_block
    total = planned.launch.blocks * per_block
    chosen = dice(seed, planned).choice(total, min(count, total), replace=False)
    return [divmod(int(thread), per_block) for thread in sorted(chosen)]
