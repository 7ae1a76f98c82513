"""Regions of device memory that hold rows or strided elements of 4 bytes."""

from __future__ import annotations

from collections.abc import Iterable

from sassafras.kernels.kernel import Region

WORD = 4


def words(address: int, count: int) -> tuple[Region, ...]:
    """``count`` words from an address on (none: no region)."""
    return (Region(address, WORD * count),) if count > 0 else ()


def rows(address: int, count: int, step: int, length: int) -> tuple[Region, ...]:
    """``count`` rows of ``length`` words, one every ``step`` words; one region if without gaps."""
    if count <= 0 or length <= 0:
        return ()
    if count == 1 or step == length:
        return words(address, count * length)
    return tuple(Region(address + WORD * step * i, WORD * length) for i in range(count))


def merged(regions: Iterable[Region]) -> tuple[Region, ...]:
    """The same bytes in ascending order, with touching and overlapping regions joined."""
    joined: list[Region] = []
    for region in sorted(regions, key=lambda r: r.address):
        if joined and region.address <= joined[-1].end:
            last = joined.pop()
            joined.append(Region(last.address, max(last.end, region.end) - last.address))
        else:
            joined.append(region)
    return tuple(joined)
