"""The T4 (TU104, compute capability 7.5)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_75 import ARCHITECTURE

CARD = card(
    "T4",
    ARCHITECTURE,
    # 40 multiprocessors with 64 float and 64 integer lanes and 16 load/store units each, 585 MHz base and
    # 1590 MHz boost clock, 320 GB/s, 12 nm: NVIDIA, Turing Architecture Whitepaper (2018), T4 data sheet.
    multiprocessors=40,
    clock=Range(1.59e9, 1.59e9, 0.585e9),
    bandwidth=320e9,
    lanes=lanes(single=64, double=2, load_store=16),
    # Accel-Sim, SM75_RTX2060 (the same multiprocessor).
    waits=waits(special=21, double=64, shared=30, second_cache=194, memory=290, guard=12),
    process=12,
)
