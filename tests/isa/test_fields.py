"""Modifiers as typed values."""

from __future__ import annotations

import pickle
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from sassafras.isa.opcodes import MAXWELL
from sassafras.isa.opcodes.fields import Field, choice, fill_fields, flag, hint, option
from sassafras.isa.opcodes.modifiers import (
    COMBINE,
    EXTENDED,
    FIRST_COMBINE,
    FIRST_FACTOR,
    FLOAT_COMPARE,
    FLOAT_STEP,
    FLUSH,
    INTEGER_COMPARE,
    OPERAND,
    RESULT,
    ROUNDING,
    SECOND_COMBINE,
    SECOND_FACTOR,
    SIGNED,
    SIZE,
    TO_INTEGER,
    Combine,
    FloatComparison,
    FloatStep,
    Relation,
    Rounding,
    Size,
    Type,
)
from sassafras.kernels.programs import load_program

if TYPE_CHECKING:
    from tests.isa.conftest import Assemble

EXPECTED: dict[str, dict[Field[Any], Any]] = {
    "ISETP.GE.U32.AND P0, PT, R1, R2, PT": {
        INTEGER_COMPARE: Relation.GREATER_EQUAL, SIGNED: False, EXTENDED: False, COMBINE: Combine.AND},
    "ISETP.LT.X.XOR P0, PT, R1, R2, PT": {
        INTEGER_COMPARE: Relation.LESS, SIGNED: True, EXTENDED: True, COMBINE: Combine.XOR},
    "PSETP.AND.OR P0, PT, P1, P2, P3": {FIRST_COMBINE: Combine.AND, SECOND_COMBINE: Combine.OR},
    "FSETP.LTU.FTZ.AND P0, PT, R1, R2, PT": {
        FLOAT_COMPARE: FloatComparison(Relation.LESS, on_nan=True), FLUSH: True},
    "FSETP.NUM.AND P0, PT, R1, R2, PT": {FLOAT_COMPARE: FloatComparison(Relation.TRUE, on_nan=False)},
    "FSETP.NAN.AND P0, PT, R1, R2, PT": {FLOAT_COMPARE: FloatComparison(Relation.FALSE, on_nan=True)},
    "FCMP R0, R1, R2, R3": {FLOAT_COMPARE: FloatComparison(Relation.GREATER, on_nan=False), FLUSH: False},
    "FADD.RP R0, R1, R2": {ROUNDING: Rounding.UP},
    "FADD.RN R0, R1, R2": {ROUNDING: Rounding.NEAREST},
    "FADD R0, R1, R2": {ROUNDING: Rounding.NEAREST, FLUSH: False, EXTENDED: False},
    "F2I.S64.F32.TRUNC R0, R2": {RESULT: Type.S64, OPERAND: Type.F32, TO_INTEGER: Rounding.ZERO},
    "F2F.F32.F32.CEIL R0, R2": {FLOAT_STEP: FloatStep(Rounding.UP, integral=True)},
    "F2F.F32.F64.RM R0, R2": {FLOAT_STEP: FloatStep(Rounding.DOWN, integral=False)},
    "XMAD R0, R1, R2, R3": {FIRST_FACTOR: None, SECOND_FACTOR: None},
    "XMAD.S16.U16 R0, R1, R2, R3": {FIRST_FACTOR: Type.S16, SECOND_FACTOR: Type.U16},
    "LDG.E.CI.S8 R0, [R2]": {SIZE: Size(1, signed=True)},
    "LDS.U R0, [R2]": {SIZE: Size(4)},
    "STG.E.128 [R2], R4": {SIZE: Size(16)},
}  # fmt: skip


@pytest.mark.parametrize("text", EXPECTED)
def test_modifiers_have_types(text: str, assemble: Assemble) -> None:
    (instruction,) = assemble(text).instructions
    assert {field: instruction.fields[field] for field in EXPECTED[text]} == EXPECTED[text]


def test_a_field_that_the_opcode_does_not_have(assemble: Assemble) -> None:
    (move,) = assemble("MOV R0, R1").instructions
    assert move.fields[EXTENDED] is False and move.fields[ROUNDING] is Rounding.NEAREST
    assert move.fields.get(EXTENDED) is None
    with pytest.raises(KeyError, match="relation"):
        move.fields[INTEGER_COMPARE]


FIRST, SECOND = choice("first", {"A": 1, "B": 2}), choice("second", {"A": 10, "B": 20})


def test_each_field_takes_one_word_in_order() -> None:
    fields = fill_fields("OP", (FIRST, flag("F"), SECOND, hint("where", "H")), ("B", "A", "H"))
    assert [fields[FIRST], fields[flag("F")], fields[SECOND]] == [2, False, 10]
    with pytest.raises(ValueError, match=r"modifier \.A of OP is not supported"):
        fill_fields("OP", (FIRST,), ("B", "A"))
    with pytest.raises(ValueError, match=r"OP lacks one of \.A \.B"):
        fill_fields("OP", (FIRST, SECOND), ("B",))


def test_fewer_words_of_the_same_field() -> None:
    only = FIRST.of("B")
    assert only == FIRST and only.alternatives == ("B",) and only.required
    missing = FIRST.of(default=7)
    assert fill_fields("OP", (missing,), ())[FIRST] == 7 and missing.alternatives == ("A", "B")
    with pytest.raises(KeyError):
        FIRST.of("C")


def test_every_choice_of_words_says_something_else() -> None:
    """No two printed words of a field mean the same, but for those that print a default."""
    for record in MAXWELL.values():
        for one, other in product(record.fields, record.fields):
            assert (one is other) == (one == other), record.name
        for field in record.fields:
            # 64 bits that are swapped have no sign, and are printed so
            meanings = [meaning for word, meaning in field.words if word != "64" or field.name != "type"]
            assert len(set(meanings)) == len(meanings), (record.name, field.name)


def test_default_of_an_option_may_be_printed() -> None:
    size = option("size", {"32": 4, "64": 8}, 4)
    assert fill_fields("OP", (size,), ("32",)) == fill_fields("OP", (size,), ())


def test_a_program_survives_the_way_to_a_worker() -> None:
    program = load_program("softmax")
    again = pickle.loads(pickle.dumps(program))  # noqa: S301  # bytes of this process
    assert again == program and hash(again) == hash(program)
    for one, other in zip(program.instructions, again.instructions, strict=True):
        assert one.fields == other.fields and one.effects.reads == other.effects.reads
        assert all(other.fields[field] == one.fields[field] for field in one.record.fields)
