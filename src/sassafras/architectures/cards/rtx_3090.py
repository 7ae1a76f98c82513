"""The GeForce RTX 3090 (GA102, compute capability 8.6)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_86 import ARCHITECTURE

CARD = card(
    "RTX 3090",
    ARCHITECTURE,
    # 82 multiprocessors with 128 float lanes (64 of them for integers, too) and 16 load/store units each,
    # 1695 MHz boost and 1395 MHz base clock, 936 GB/s, 8 nm: NVIDIA, Ampere GA102 GPU Architecture (2020).
    multiprocessors=82,
    clock=Range(1.695e9, 1.695e9, 1.395e9),
    bandwidth=936e9,
    lanes=lanes(single=128, double=2, load_store=16),
    # Accel-Sim, SM86_RTX3070 (the same multiprocessor).
    waits=waits(special=21, double=64, shared=29, second_cache=187, memory=441),
    process=8,
)
