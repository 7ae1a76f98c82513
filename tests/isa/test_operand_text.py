"""Every operand form, against values written by hand; literals against NumPy's bits."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.isa.operand_text import Literal, OperandSyntaxError, parse_operand
from sassafras.isa.operands import (
    Address,
    ConditionTest,
    Constant,
    ConvergenceBarrier,
    Half,
    Immediate,
    Name,
    Operand,
    Predicate,
    Register,
    SpecialRegister,
    Target,
    UniformPredicate,
    UniformRegister,
)

FORMS: dict[str, Operand] = {
    "R0": Register(0),
    "R254": Register(254),
    "RZ": Register(255),
    "R7.reuse": Register(7),
    "-R7": Register(7, negate=True),
    "|R7|": Register(7, absolute=True),
    "|R7|.reuse": Register(7, absolute=True),
    "-|R7|": Register(7, negate=True, absolute=True),
    "~R7": Register(7, invert=True),
    "R7.H1": Register(7, half=Half.H1),
    "R7.H0": Register(7, half=Half.H0),
    "R7.H1.reuse": Register(7, half=Half.H1),
    "-R7.H1": Register(7, negate=True, half=Half.H1),
    "-R5.reuse": Register(5, negate=True),
    "R18.CC": Register(18, writes_cc=True),
    "RZ.CC": Register(255, writes_cc=True),
    "P0": Predicate(0),
    "!P6": Predicate(6, negate=True),
    "PT": Predicate(7),
    "!PT": Predicate(7, negate=True),
    "c[0x0][0x140]": Constant(0, 0x140),
    "c[0x0] [0x144]": Constant(0, 0x144),
    "c[0x0] [0x144].H1": Constant(0, 0x144, half=Half.H1),
    "-c[0x2][0x3c]": Constant(2, 0x3C, negate=True),
    "|c[0x0] [0x178]|": Constant(0, 0x178, absolute=True),
    "-|c[0x0][0x178]|": Constant(0, 0x178, negate=True, absolute=True),
    "~c[0x0][0x140]": Constant(0, 0x140, invert=True),
    "c[0x2][R4+0x18]": Constant(2, 0x18, register=4),
    "c[0x2][R4+-0x18]": Constant(2, -0x18, register=4),
    "c[0x2][R4]": Constant(2, 0, register=4),
    "c[0x3][RZ+0x8]": Constant(3, 8, register=255),
    "UR4": UniformRegister(4),
    "URZ": UniformRegister(63),
    "-UR7": UniformRegister(7, negate=True),
    "~UR7": UniformRegister(7, invert=True),
    "|UR7|": UniformRegister(7, absolute=True),
    "UR7.H1": UniformRegister(7, half=Half.H1),
    "UP0": UniformPredicate(0),
    "!UPT": UniformPredicate(7, negate=True),
    "B0": ConvergenceBarrier(0),
    "B15": ConvergenceBarrier(15),
    "[R2.64]": Address(2),
    "[R2.64+0x4]": Address(2, 4),
    "[R2.64+-0x10]": Address(2, -16),
    "[R2.64+UR4]": Address(2, uniform=4),
    "[UR4]": Address(None, uniform=4),
    "[UR4+0x10]": Address(None, 16, uniform=4),
    "[R7+UR4+0x8]": Address(7, 8, uniform=4),
    "[R7.X4+UR5+0x440]": Address(7, 0x440, 4, uniform=5),
    "desc[UR8][R6.64]": Address(6),
    "desc[UR4][R2.64+0x10]": Address(2, 16),
    "[R2]": Address(2),
    "[R2+0x4]": Address(2, 4),
    "[R2+-0x4]": Address(2, -4),
    "[R7.X4+0x100]": Address(7, 0x100, scale=4),
    "[R7.X8]": Address(7, scale=8),
    "[0x10]": Address(None, 0x10),
    "[RZ+0x20]": Address(255, 0x20),
    "SR_TID.X": SpecialRegister("SR_TID.X"),
    "SR_LANEID": SpecialRegister("SR_LANEID"),
    "SRZ": SpecialRegister("SRZ"),
    "CC.NEU": ConditionTest("NEU"),
    "SB5": Name("SB5"),
    "{4,3}": Name("{4,3}"),
    "`(.L_x_1)": Target(0x88),
    "`($__internal_0_$__cuda_sm20_rcp_rn_f32_slowpath)": Target(0x1B8),
    "0x0": Immediate(0),
    "0xffffffff": Immediate(0xFFFFFFFF),
    "-0x3": Immediate(0xFFFFFFFD),
    "-0x80000000": Immediate(0x80000000),
    "~0x1": Immediate(0xFFFFFFFE),
    "10": Immediate(10),
}
LABELS = {".L_x_1": 0x88, "$__internal_0_$__cuda_sm20_rcp_rn_f32_slowpath": 0x1B8}


@pytest.mark.parametrize("text", FORMS)
def test_each_form_gives_its_operand(text: str) -> None:
    assert parse_operand(text, Literal.INTEGER, LABELS) == FORMS[text]


FLOATS = {
    "1": 0x3F800000,
    "-1": 0xBF800000,
    "-0.0": 0x80000000,
    "0": 0,
    "+INF": 0x7F800000,
    "-INF": 0xFF800000,
    "+QNAN": 0x7FFFFFFF,
    "0.5.NEG": 0xBF000000,  # a factor of a negated product
    "-2.NEG": 0x40000000,
    "+INF .NEG": 0xFF800000,
    "252": 0x437C0000,
    "-12583039": 0xCB40007F,
    "1.84467440737095516160e+19": 0x5F800000,
    "0.10000000149011611938": 0x3DCCCCCD,
    "1.4012984643248170709e-45": 1,
    "0x3f000000": 0x3F000000,
}


@pytest.mark.parametrize("text", FLOATS)
def test_float_literals_seen_in_listings(text: str) -> None:
    assert parse_operand(text, Literal.FLOAT, {}) == Immediate(FLOATS[text], unsure="QNAN" in text)


@given(st.floats(width=32, allow_nan=False))
def test_float_literals_are_exact(value: float) -> None:
    bits = int(np.float32(value).view(np.uint32))
    text = {float("inf"): "+INF", float("-inf"): "-INF"}.get(value, f"{value:.20g}")
    assert parse_operand(text, Literal.FLOAT, {}) == Immediate(bits)


@given(st.integers(0, 2**32 - 1))
def test_integer_literals_wrap_to_32_bits(value: int) -> None:
    assert parse_operand(hex(value), Literal.INTEGER, {}) == Immediate(value)
    assert parse_operand(f"-{hex(value)}", Literal.INTEGER, {}) == Immediate(-value % 2**32)
    assert parse_operand(f"~{hex(value)}", Literal.INTEGER, {}) == Immediate(~value % 2**32)


@given(st.integers(0, 2**20 - 1))
def test_double_literals_keep_the_upper_word(top: int) -> None:
    high = top << 12  # a double immediate has 20 bits
    value = float(np.uint64(high << 32).view(np.float64))
    if np.isfinite(value):
        assert parse_operand(f"{value:.20g}", Literal.DOUBLE, {}) == Immediate(high)


REFUSED = {
    "R256": Literal.INTEGER,
    "P8": Literal.INTEGER,
    "UR64": Literal.INTEGER,
    "UR4.CC": Literal.INTEGER,
    "UP8": Literal.INTEGER,
    "B16": Literal.INTEGER,
    "R2.B4": Literal.INTEGER,
    "[R2.128+0x4]": Literal.INTEGER,
    "[R2.U32+UR4]": Literal.INTEGER,
    "desc[UR8]": Literal.INTEGER,
    "1.5, ": Literal.HALVES,
    "0x3c00": Literal.HALVES,
    "1, 2, 3": Literal.HALVES,
    "65520, 0": Literal.HALVES,
    "[]": Literal.INTEGER,
    "c[0x0][]": Literal.INTEGER,
    "`(.L_x_9)": Literal.INTEGER,
    "0x1ffffffff": Literal.INTEGER,
    "1.5": Literal.INTEGER,
    "1e400": Literal.FLOAT,
    "3.5e38": Literal.FLOAT,
    "0.1": Literal.DOUBLE,
    "1..5": Literal.FLOAT,
    "": Literal.INTEGER,
    "||": Literal.INTEGER,
    "nonsense": Literal.FLOAT,
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_an_operand_is_refused(text: str) -> None:
    with pytest.raises(OperandSyntaxError):
        parse_operand(text, REFUSED[text], LABELS)


@given(st.text(max_size=12), st.sampled_from(Literal))
def test_any_text_gives_an_operand_or_the_one_error(text: str, literal: Literal) -> None:
    with contextlib.suppress(OperandSyntaxError):
        parse_operand(text, literal, {})
