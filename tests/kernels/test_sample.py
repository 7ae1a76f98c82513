"""The sample has every kind of kernel, every technique and every kernel that is added."""

from __future__ import annotations

from tests.kernels import sample

from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.programs import bundled_kernels
from sassafras.kernels.registry import ADDED, KERNELS, PAPER_KERNELS


def test_every_kind_and_every_technique_is_in_it() -> None:
    assert {sample.kind(KERNELS[name]) for name in sample.PLAIN} == {
        sample.kind(kernel) for kernel in KERNELS.values()
    }
    assert {technique for _, technique in sample.PAIRS} == {technique for _, technique in HARDENED}
    assert {name for name, _ in sample.PAIRS} == set(sample.PLAIN)
    assert set(ADDED) < sample.LISTINGS < set(bundled_kernels())


def test_it_has_the_kinds_that_people_tell_apart() -> None:
    """Every kernel of AlexNet; a map, a broadcast, a copy along axes, a window, a reduction."""
    assert {*PAPER_KERNELS, "gemm"} < set(sample.PLAIN)
    words = {name.partition("_")[0] for name in sample.PLAIN}
    assert {"map", "broadcast", "copy", "resize", "window", "reduce"} < words


def test_what_is_left_out_is_slow() -> None:
    marks = {str(each.values[0]): each.marks for each in sample.listings(bundled_kernels())}
    assert set(marks) == set(bundled_kernels())
    assert {name for name, given in marks.items() if not given} == sample.LISTINGS
