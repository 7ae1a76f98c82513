"""Waiting of a warp that is alone, against clocks counted by hand."""

from __future__ import annotations

import pytest
from tests.emulator.bench import program
from tests.kernels.sample import listings

from sassafras.architectures.cards.gtx_750_ti import CARD as GTX_750_TI
from sassafras.kernels.programs import bundled_kernels, load_program
from sassafras.kernels.waiting import waiting_clocks

NOMINAL = {wait: found.nominal for wait, found in GTX_750_TI.waits.items()}
SLOW = {wait: found.slow for wait, found in GTX_750_TI.waits.items()}


def clocks(*lines: str) -> list[float]:
    return [float(found) for found in waiting_clocks(program(*lines), NOMINAL)[: len(lines)]]


def test_independent_instructions_follow_each_other() -> None:
    assert clocks("IADD R0, R4, R5", "IADD R1, R4, R5", "IADD R2, R4, R5") == [1, 1, 1]


def test_a_result_is_waited_for() -> None:
    assert clocks("IADD R0, R4, R5", "IADD R1, R0, R5") == [1, 6]
    assert clocks("IADD R0, R4, R5", "IADD R2, R4, R5", "IADD R1, R0, R5") == [1, 1, 5]


def test_predicates_and_guards_are_waited_for() -> None:
    assert clocks("ISETP.GE.AND P0, PT, R4, R5, PT", "@P0 IADD R0, R4, R5") == [1, 13]
    assert clocks("ISETP.GE.AND P0, PT, R4, R5, PT", "@P1 IADD R0, R4, R5") == [1, 1]
    assert clocks("ISETP.GE.AND P0, PT, R4, R5, PT", "ISETP.GE.AND P1, PT, R4, R5, P0") == [1, 13]
    assert clocks("ISETP.GE.AND P0, PT, R4, R5, PT", "ISETP.GE.AND P0, PT, R4, R5, PT") == [1, 1]


def test_loads_take_longer_the_farther_away_they_are() -> None:
    assert clocks("LDG.E R0, [R4]", "IADD R1, R0, R5") == [1, 302]
    assert clocks("LDS.U.32 R0, [R4]", "IADD R1, R0, R5") == [1, 24]
    assert clocks("LDG.E R0, [R4]", "LDG.E R1, [R6]", "IADD R2, R0, R1") == [1, 1, 302]


def test_nobody_waits_across_an_end() -> None:
    assert clocks("LDG.E R0, [R4]", "EXIT", "IADD R1, R0, R5") == [1, 1, 1]


@pytest.mark.parametrize("name", listings(bundled_kernels()))
def test_every_bundled_kernel(name: str) -> None:
    """A clock for each instruction at least; slower results never make a warp faster."""
    found, slow = (waiting_clocks(load_program(name), waits) for waits in (NOMINAL, SLOW))
    assert (found >= 1).all()
    assert slow.sum() >= found.sum()
