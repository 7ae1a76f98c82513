"""From a draw and a golden trace to a fault that is fully determined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from tests.faults.launches import add_bias, hand_written
from tests.faults.test_corruption import words
from tests.faults.test_population import SELECTIONS, label, measured, struck

from sassafras.emulator.armed_function import EXECUTED
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Draw, FaultModel, Mode, Scope, TargetKind
from sassafras.faults.resolve import resolve
from sassafras.faults.targets import Selection, targets
from sassafras.isa.groups import Group

DRAW = Draw(1, Mode.IOV, FaultModel.SINGLE_BIT, Scope.THREAD, 0, 3, 0, 0, 0, 0, 0, 0, longest=1)
P_VALUE = 1e-4


@pytest.mark.parametrize("selection", SELECTIONS, ids=label)
def test_every_ordinal_is_its_site_of_the_trace(selection: Selection) -> None:
    bench, traces, _ = measured("im2col_gpu")
    for (block, thread), trace in list(traces.items())[::7]:
        sites = struck(bench, trace, selection)
        draw = replace(DRAW, mode=selection.mode, model=selection.model, block=block, thread=thread)
        for ordinal, number in enumerate(sites):
            fault = resolve(replace(draw, ordinal=ordinal), selection, bench.program, trace)
            assert fault.site.instruction == number
            assert fault.pc == int(trace[number]) & (EXECUTED - 1)
            assert (fault.site.block, fault.site.thread, fault.site.launch) == (block, thread, 3)
            if selection.mode is not Mode.RF:
                assert fault.target in targets(bench.program.instructions[fault.pc], selection)
        with pytest.raises(FaultNotReached, match=f"{len(sites)} sites"):
            resolve(replace(draw, ordinal=len(sites)), selection, bench.program, trace)


def test_a_register_file_fault_strikes_any_allocated_register_and_no_other() -> None:
    program = add_bias().program
    trace = np.array([EXECUTED], np.uint32)
    struck_registers = [
        resolve(replace(DRAW, mode=Mode.RF, target_word=w), Selection(Mode.RF, DRAW.model), program, trace)
        for w in words(6000, 9)
    ]
    assert {f.target.kind for f in struck_registers} == {TargetKind.REGISTER}
    assert {f.target.bits for f in struck_registers} == {32}
    counts = np.bincount([f.target.index for f in struck_registers])
    assert len(counts) == program.register_count
    assert stats.chisquare(counts).pvalue > P_VALUE


@pytest.mark.parametrize(
    ("line", "groups", "count"),
    [
        ("LDG.E.64 R6, [R2]", None, 2),
        ("LDG.E.64 R6, [R2]", Group.LD, 2),  # an opcode group too
        ("LDS.U.128 R8, [R2]", Group.LDS, 4),
        ("IADD R2.CC, R3, R4", None, 2),
        ("IADD R2.CC, R3, R4", Group.IADD_IMUL, 2),
        ("ISETP.GE.AND P1, P2, R2, R3, PT", Group.SETP, 2),
        ("STG.E.128 [R2], R4", Group.STORE, 4),
    ],
)
def test_every_operand_is_struck_equally_often(line: str, groups: Group | None, count: int) -> None:
    program, trace = hand_written(line), np.array([EXECUTED], np.uint32)
    selection = Selection(Mode.IOV, DRAW.model, None if groups is None else frozenset({groups}))
    found = [resolve(replace(DRAW, target_word=w), selection, program, trace).target for w in words(3000, 11)]
    kinds = {target: found.count(target) for target in set(found)}
    assert len(kinds) == count
    assert stats.chisquare(list(kinds.values())).pvalue > P_VALUE


def test_each_flag_of_the_condition_codes_and_each_predicate_is_struck() -> None:
    """Not always the first."""
    selection = Selection(Mode.IOV, DRAW.model, frozenset({Group.CC}))
    trace = np.array([EXECUTED], np.uint32)
    draws = [replace(DRAW, bit_word=w) for w in words(400, 12)]
    program = hand_written("IADD R2.CC, R3, R4")
    assert {resolve(d, selection, program, trace).mask.value for d in draws} == {1, 2, 4, 8}
