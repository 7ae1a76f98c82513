"""The H200 SXM with 141 GB (GH100 with HBM3e, compute capability 9.0)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_90 import ARCHITECTURE

CARD = card(
    "H200",
    ARCHITECTURE,
    # The H100's chip with other memory: 4.8 TB/s: NVIDIA, H200 data sheet (2024).
    multiprocessors=132,
    clock=Range(1.98e9, 1.98e9, 1.59e9),
    bandwidth=4.8e12,
    lanes=lanes(single=128, double=64, load_store=32),
    # As the H100.
    waits=waits(special=23, double=8, shared=29, second_cache=237, memory=431),
    process=5,
)
