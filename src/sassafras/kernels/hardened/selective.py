"""Selective duplication: what of a kernel its techniques do twice (``cuda/hardened/selected_parts.cuh``)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sassafras.kernels.gemm import GEMM
from sassafras.kernels.hardened.technique import Technique


class Part(StrEnum):
    """What an instruction of a kernel does: a chain of these is done twice as a whole, or not at all."""

    SUMS = "sums"  #: arithmetic of floats
    PLACES = "places"  #: arithmetic of integers, comparisons, moves, branches
    DATA = "data"  #: loads, stores, barriers


TWICE: Mapping[tuple[str, Technique], frozenset[Part]] = {
    (GEMM.name, Technique.SELECTIVE_SUMS): frozenset({Part.SUMS}),
    (GEMM.name, Technique.SELECTIVE_PLACES): frozenset({Part.PLACES}),
    (GEMM.name, Technique.SELECTIVE): frozenset({Part.SUMS, Part.PLACES}),
}
"""By name of the plain kernel and technique."""
