"""The L4 (AD104, compute capability 8.9)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_89 import ARCHITECTURE

CARD = card(
    "L4",
    ARCHITECTURE,
    # 58 multiprocessors with 128 float lanes (64 of them for integers, too) and 16 load/store units each
    # (30.3 TFLOPS of single precision are 58 x 128 x 2 x 2040 MHz), 300 GB/s: NVIDIA, L4 data sheet (2023).
    # 795 MHz base clock and 5 nm (TSMC 4N) as card databases list them.
    multiprocessors=58,
    clock=Range(2.04e9, 2.04e9, 0.795e9),
    bandwidth=300e9,
    lanes=lanes(single=128, double=2, load_store=16),
    # As the RTX 3090: an assumption, no measured configuration of an Ada card is public. Its second cache is
    # larger and takes longer.
    waits=waits(special=21, double=64, shared=29, second_cache=187, memory=441),
    process=5,
)
