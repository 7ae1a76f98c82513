"""The H100 SXM with 80 GB (GH100, compute capability 9.0)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_90 import ARCHITECTURE

CARD = card(
    "H100",
    ARCHITECTURE,
    # 132 multiprocessors with 128 float, 64 integer and 64 double lanes and 32 load/store units each,
    # 3.35 TB/s, 5 nm (TSMC 4N): NVIDIA, H100 Tensor Core GPU Architecture (2022). 1980 MHz: highest clock
    # (67 TFLOPS of single precision). 1590 MHz: base clock as card databases list it.
    multiprocessors=132,
    clock=Range(1.98e9, 1.98e9, 1.59e9),
    bandwidth=3.35e12,
    lanes=lanes(single=128, double=64, load_store=32),
    # Accel-Sim, SM90_H100.
    waits=waits(special=23, double=8, shared=29, second_cache=237, memory=431),
    process=5,
)
