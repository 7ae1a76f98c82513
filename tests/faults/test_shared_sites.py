"""Sites that models share, counted one by one."""

from __future__ import annotations

import pytest
from tests.faults.launches import Bench, add_bias, gemm, im2col

from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.model import FaultModel, Mode
from sassafras.faults.population import Population, ProfiledLaunch
from sassafras.faults.shared_sites import shared_mask, shared_sites
from sassafras.faults.targets import Selection, targets
from sassafras.isa.groups import Group

MODELS = (FaultModel.SINGLE_BIT, FaultModel.RANDOM_VALUE, FaultModel("rtl-value-class"))


def launch_of(bench: Bench) -> ProfiledLaunch:
    return ProfiledLaunch(0, 0, bench.program, bench.launch.threads_per_block, bench.profile())


@pytest.mark.parametrize("groups", [None, frozenset({Group.GPR, Group.PR})])
@pytest.mark.parametrize("make", [add_bias, im2col, gemm])
def test_they_are_those_of_every_executed_instruction(make: object, groups: frozenset[Group] | None) -> None:
    assert callable(make)
    bench = make()
    found = shared_sites([launch_of(bench)] * 2, Mode.IOV, MODELS, groups)
    chosen = [Selection(Mode.IOV, model, groups) for model in MODELS]
    count = 0
    for trace in bench.traces().values():
        for pc in instruction_indexes(trace)[executed_mask(trace)].tolist():
            first, *others = (targets(bench.program.instructions[pc], one) for one in chosen)
            count += bool(first) and all(one == first for one in others)
    assert found.shared == 2 * count > 0
    for (model, own), one in zip(found.own, chosen, strict=True):
        assert model == one.model
        assert own == Population([launch_of(bench)] * 2, one).total >= found.shared


def test_an_instruction_with_a_predicate_beside_its_result_is_none() -> None:
    """A single bit may strike either, a random value the result alone: they are not drawn alike."""
    program = gemm().program
    mask = shared_mask(program, Mode.IOV, MODELS[:2], None)
    for instruction, on in zip(program.instructions, mask, strict=True):
        flags = instruction.effects.predicates_written or instruction.effects.writes_cc
        assert not (on and flags)


def test_every_register_is_every_models() -> None:
    found = shared_sites([launch_of(add_bias())], Mode.RF, MODELS[:2], None)
    assert {count for _, count in found.own} == {found.shared}
