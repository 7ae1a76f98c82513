"""The Jetson AGX Orin with 64 GB (compute capability 8.7)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_87 import ARCHITECTURE

CARD = card(
    "AGX Orin",
    ARCHITECTURE,
    # 16 multiprocessors with 128 float lanes each, 1.3 GHz at most (5.3 TFLOPS of single precision), 204.8
    # GB/s, which the processor's cores share, 8 nm: NVIDIA, Jetson AGX Orin Series Technical Brief (2022).
    # 420.75 MHz: the most in the mode of 15 W, Jetson Linux Developer Guide. Double lanes and load/store
    # units as in 8.6.
    multiprocessors=16,
    clock=Range(1.3e9, 1.3e9, 0.42075e9),
    bandwidth=204.8e9,
    lanes=lanes(single=128, double=2, load_store=16),
    # As the RTX 3090: an assumption, no measured configuration of an Orin is public. Its memory is LPDDR5 and
    # takes longer.
    waits=waits(special=21, double=64, shared=29, second_cache=187, memory=441),
    process=8,
)
