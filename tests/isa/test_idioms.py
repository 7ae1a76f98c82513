"""Reciprocals of integer divisions are told from others."""

from __future__ import annotations

import pytest
from tests.emulator.bench import program

from sassafras.isa.idioms import IN_DIVISION, division_seeds, fidelity_in
from sassafras.kernels.programs import load_program

SEED, SUM, CUT = "MUFU.RCP R5, R4", "IADD32I R6, R5, 0xffffffe", "F2I.FTZ.U32.F32.TRUNC R7, R6"
NONE = {
    "a reciprocal that is stored": (SEED, "STG.E [R2], R5", "EXIT"),
    "one that somebody else reads too": (SEED, SUM, CUT, "FADD R8, R5, R5", "EXIT"),
    "one that is read before": (SEED, "FADD R8, R5, R5", SUM, CUT, "EXIT"),
    "another sum": (SEED, "IADD32I R6, R5, 0xfffffff", CUT, "EXIT"),
    "another function": ("MUFU.EX2 R5, R4", SUM, CUT, "EXIT"),
    "one that is read behind a branch": (SEED, SUM, CUT, "@P0 BRA `(.L_1)", "FADD R8, R5, R5",
                                         "STG.E [R2], R8", ".L_1:", "EXIT"),
    "one that may be kept": (SEED, SUM, "@P0 MOV R5, RZ", "STG.E [R2], R5", "EXIT"),
    "nothing": ("EXIT",),
}  # fmt: skip


@pytest.mark.parametrize("what", NONE)
def test_what_is_none(what: str) -> None:
    assert division_seeds(program(*NONE[what])) == frozenset()


@pytest.mark.parametrize("after", ["MOV R5, RZ", "NOP", "@P0 BRA `(.L_1)"])
def test_what_is_one(after: str) -> None:
    code = program("NOP", SEED, "NOP", SUM, CUT, after, "STG.E [R2], R7", ".L_1:", "EXIT")
    assert division_seeds(code) == {1}
    assert fidelity_in(code, code.instructions[1]) is IN_DIVISION
    assert fidelity_in(code, code.instructions[2]) is code.instructions[2].fidelity


@pytest.mark.parametrize(
    ("kernel", "divisions", "others"), [("im2col_gpu", 2, 0), ("add_bias", 2, 0), ("forward_maxpool", 4, 0)]
)
def test_compiled_kernels(kernel: str, divisions: int, others: int) -> None:
    """They divide integers alone; a softmax divides floats too."""
    code = load_program(kernel)
    reciprocals = {i.index for i in code.instructions if i.text.startswith("MUFU.RCP")}
    assert len(division_seeds(code)) == divisions
    assert len(reciprocals - division_seeds(code)) == others
    softmax = load_program("softmax")
    assert len(division_seeds(softmax)) == 1
