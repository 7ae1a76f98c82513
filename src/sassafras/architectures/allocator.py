"""How CUDA lays out device memory on an architecture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Allocator:
    """Rules of ``cudaMalloc``, in bytes. Allocations start at multiples of ``alignment``. Those of at most
    ``chunk`` share chunks of that size; larger ones stand alone, rounded up to ``granule``. ``base``: where
    the first chunk is mapped (modelled).
    """

    alignment: int
    chunk: int
    granule: int
    base: int


#: Before Pascal (DESIGN section 4); addresses of 40 bits.
BEFORE_PASCAL = Allocator(alignment=512, chunk=1 << 20, granule=128 << 10, base=0x5_0000_0000)

#: From Pascal on: pages of 2 MiB (open-gpu-kernel-modules, ``uvm_pascal_mmu.c`` and its successors), unified
#: addresses of 47 bits. Where the first page is mapped is modelled: drivers begin in this region.
FROM_PASCAL = Allocator(alignment=512, chunk=2 << 20, granule=2 << 20, base=0x7F00_0000_0000)
