"""A word of fault injection without its case stops the program; it is never silently another one."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, cast

import pytest
from tests.faults.launches import add_bias, instruction

from sassafras.emulator.launch import Launch
from sassafras.errors import UsageError
from sassafras.explanation.scene import target_name
from sassafras.faults.model import (
    Corruption,
    Draw,
    FaultModel,
    Mode,
    Operation,
    Scope,
    Target,
    TargetKind,
)
from sassafras.faults.targets import Selection, targets
from sassafras.simulation.strike import strike
from sassafras.simulation.traced import struck_threads


class Other(StrEnum):
    """What a later version might add."""

    NEW = "new"


NEW = cast("Any", Other.NEW)
DRAW = Draw(1, Mode.IOV, FaultModel.SINGLE_BIT, Scope.THREAD, 0, 3, 0, 0, 0, 0, 0, 0, longest=1)
FLIP = Corruption(Operation.FLIP, 1, 32)


def test_fault_models() -> None:
    with pytest.raises(UsageError, match="no fault model is called 'new'"):
        FaultModel("new").file  # noqa: B018


def test_operations() -> None:
    with pytest.raises(AssertionError, match="new"):
        replace(FLIP, operation=NEW).apply(0)


def test_modes() -> None:
    with pytest.raises(AssertionError, match="new"):
        targets(instruction("MOV R0, R1"), Selection(NEW, FaultModel.SINGLE_BIT))


def test_scopes() -> None:
    with pytest.raises(AssertionError, match="new"):
        struck_threads(replace(DRAW, scope=NEW), Launch((1, 1, 1), (64, 1, 1), b""))


def test_target_kinds() -> None:
    with pytest.raises(AssertionError, match="new"):
        target_name(Target(NEW, 0, 32))
    bench = add_bias()
    armed = bench.machine.arm(bench.launch, bench.memory, 0)
    with pytest.raises(AssertionError, match="new"):
        strike(armed, 0, Mode.IOV, Target(NEW, 0, 32), FLIP, 0)


@pytest.mark.parametrize(
    ("text", "bits"),
    [("STG.E [R2], R4", 64), ("RED.E.ADD [R2], R4", 64), ("STS [R2], R4", 32), ("STL [R2], R4", 32)],
)
def test_the_width_of_a_store_address_is_that_of_its_form(text: str, bits: int) -> None:
    (target,) = targets(instruction(text), Selection(Mode.IOA, FaultModel.SINGLE_BIT))
    assert (target.kind, target.bits) == (TargetKind.STORE_ADDRESS, bits)
