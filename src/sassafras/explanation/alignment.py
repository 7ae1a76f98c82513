"""Golden and faulty instructions of a thread side by side, also where they part.

As long as both take the same way, instruction k stands beside instruction k. Where they part, the shortest
detour (instructions of one, of the other, or both) is looked for behind which both go the same way for a
while; what lies on the detour has no counterpart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int | None, int | None]  #: index in the golden and in the faulty track
Places = NDArray[np.int64]

TOGETHER = 6  #: instructions that must agree behind a detour
REACH = 4096  #: longest detour on either side


def align(golden: NDArray[np.int64], faulty: NDArray[np.int64]) -> list[Pair]:
    """Pairs of indexes into two sequences of instructions, in order; every index occurs once."""
    where = {int(pc): np.flatnonzero(golden == pc) for pc in np.unique(golden)}
    pairs: list[Pair] = []
    g = f = 0
    while g < len(golden) and f < len(faulty):
        if golden[g] == faulty[f]:
            pairs.append((g, f))
            g, f = g + 1, f + 1
            continue
        skipped = _detour(golden, faulty, g, f, where)
        if skipped is None:
            break
        pairs += [(g + k, None) for k in range(skipped[0])]
        pairs += [(None, f + k) for k in range(skipped[1])]
        g, f = g + skipped[0], f + skipped[1]
    pairs += [(k, None) for k in range(g, len(golden))]
    pairs += [(None, k) for k in range(f, len(faulty))]
    return pairs


def _detour(
    golden: Places, faulty: Places, g: int, f: int, where: dict[int, Places]
) -> tuple[int, int] | None:
    """The shortest detour: golden and faulty instructions to be skipped; None if they do not meet again."""
    best: tuple[int, int] | None = None
    for skip in range(min(REACH, len(faulty) - f)):
        if best is not None and skip >= sum(best):
            break
        places = where.get(int(faulty[f + skip]), golden[:0])
        first = int(np.searchsorted(places, g))
        for place in places[first : first + TOGETHER].tolist():
            length = place - g + skip
            if place - g > REACH or (best is not None and length >= sum(best)):
                break
            if _meet(golden[place : place + TOGETHER], faulty[f + skip : f + skip + TOGETHER]):
                best = (place - g, skip)
                break
    return best


def _meet(golden: Places, faulty: Places) -> bool:
    """Whether both go the same way; at the end of one, as far as it goes."""
    length = min(len(golden), len(faulty))
    return bool((golden[:length] == faulty[:length]).all())
