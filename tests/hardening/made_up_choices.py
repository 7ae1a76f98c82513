"""Choices made up by Hypothesis, and an oracle of its own for what plans leave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from sassafras.hardening.fates import FATES, Numbers, Weights
from sassafras.hardening.planner import Choice
from sassafras.kernels.hardened.registry import techniques_of

KERNELS = ("fill_gpu", "im2col_gpu", "gemm", "add_bias")
few = st.integers(0, 4)  #: small, so that plans often tie
weights = st.builds(Weights, *([st.sampled_from([0.0, 0.1, 0.5, 1.0])] * 3)).filter(
    lambda found: bool(found.vector.any())
)


@st.composite
def choices(draw: st.DrawFn) -> dict[str, list[Choice]]:
    """For some kernels: left alone, and techniques, some of which act elsewhere."""
    kernels = KERNELS[: draw(st.integers(1, len(KERNELS)))]
    found = {}
    for kernel in kernels:
        ways = [Choice(None, _shares(draw), 0.0)]
        offered = techniques_of(kernel)
        for technique in offered[: draw(st.integers(0, min(3, len(offered))))]:
            others = [k for k in kernels if k != kernel]
            acting = {k: _matrix(draw) for k in others} if draw(st.integers(0, 3)) == 0 else None
            ways.append(Choice(technique, _shares(draw), draw(few) * 0.1, acting))
        found[kernel] = ways
    return found


def _shares(draw: st.DrawFn) -> Numbers:
    return np.array([draw(few) / 40 for _ in FATES])


def _matrix(draw: st.DrawFn) -> Numbers:
    """Rows that sum to 1."""
    found = np.array([[1.0 + draw(few) * (row == column) for column in FATES] for row in FATES])
    each: Numbers = found / found.sum(axis=1, keepdims=True)
    return each


def left_by(slots: Sequence[str], plan: Sequence[Choice]) -> Numbers:
    """What a plan leaves, kernel by kernel."""
    total = np.zeros(len(FATES))
    for slot, own in zip(slots, plan, strict=True):
        left = list(own.left)
        for other, choice in zip(slots, plan, strict=True):
            if other != slot and choice.elsewhere is not None and slot in choice.elsewhere:
                matrix = choice.elsewhere[slot]
                left = [sum(left[i] * matrix[i][j] for i in range(len(FATES))) for j in range(len(FATES))]
        total += left
    return total
