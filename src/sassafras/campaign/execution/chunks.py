"""Faults cut into pieces of work."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, pairwise

from sassafras.faults.model import Draw


def pieces_of(draws: Iterable[Draw], size: int) -> list[tuple[int, list[Draw]]]:
    """Draws in pieces of one frame each, (frame, draws), in launch order: neighbours share a golden run, and
    go through a layer's weights together.

    The pieces of a frame are of one size, about ``size`` and at most a quarter more: each costs a pass
    through the weights, so that a small one behind the others would be dear.
    """
    ordered = sorted(draws, key=lambda d: (d.frame, d.launch, d.id))
    found = []
    for frame, group in groupby(ordered, key=lambda d: d.frame):
        own = list(group)
        count = -(-len(own) // (size + size // 4))
        ends = [len(own) * k // count for k in range(count + 1)]
        found += [(frame, own[a:b]) for a, b in pairwise(ends)]
    return found
