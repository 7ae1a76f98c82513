"""The A100 with 40 GB (GA100, compute capability 8.0)."""

from __future__ import annotations

from sassafras.architectures.cards.since_turing import card, lanes, waits
from sassafras.architectures.device import Range
from sassafras.architectures.sm_80 import ARCHITECTURE

CARD = card(
    "A100",
    ARCHITECTURE,
    # 108 multiprocessors with 64 float, 64 integer and 32 double lanes and 32 load/store units each,
    # 1410 MHz boost clock, 1555 GB/s, 7 nm: NVIDIA, A100 Tensor Core GPU Architecture (2020). 1095 MHz: base
    # clock of the SXM4 module as card databases list it.
    multiprocessors=108,
    clock=Range(1.41e9, 1.41e9, 1.095e9),
    bandwidth=1555e9,
    lanes=lanes(single=64, double=32, load_store=32),
    # Accel-Sim, NVIDIA_A100_80GB_PCIe.
    waits=waits(special=23, double=6, shared=29, second_cache=224, memory=422),
    process=7,
)
