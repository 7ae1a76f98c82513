"""The sequences that compilers build of single instructions: long additions and comparisons, products,
against Python's integers.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.emulator.bench import BLOCK, M32, machine
from tests.emulator.comparing import truth
from tests.emulator.values import INTEGERS

from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out

COUNT = 4 * BLOCK
WORDS = 8


def compute(lines: Sequence[str], inputs: NDArray[np.uint32], outputs: int) -> NDArray[np.uint32]:
    """Run lines on every row of inputs (R4, R5, ...), one thread per row; returns R0, R1, ... per row."""
    count, width = inputs.shape
    layout = lay_out([("in", inputs.nbytes), ("out", 4 * count * outputs)])
    memory = DeviceMemory(layout)
    memory.array(layout["in"].address, inputs.size, np.uint32)[:] = inputs.ravel()
    text = [
        "S2R R40, SR_CTAID.X", "S2R R41, SR_TID.X", "ISCADD R40, R40, R41, 0x7",
        f"MOV32I R44, {4 * width:#x}", f"MOV32I R45, {4 * outputs:#x}",
        "XMAD R42, R40, R45, c[0x0][0x148]", "XMAD R40, R40, R44, c[0x0][0x140]", "MOV R41, c[0x0][0x144]",
        "MOV R43, c[0x0][0x14c]",
        *(f"LDG.E R{4 + k}, [R40+{4 * k:#x}]" for k in range(width)), *lines,
            *(f"STG.E [R42+{4 * k:#x}], R{k}" for k in range(outputs)), "EXIT",
    ]  # fmt: skip
    parameters = struct.pack("<QQ", layout["in"].address, layout["out"].address)
    result = machine(*text, parameters=16).run(
        Launch((count // BLOCK, 1, 1), (BLOCK, 1, 1), parameters), memory
    )
    assert result.trap is None
    return memory.array(layout["out"].address, count * outputs, np.uint32).reshape(count, outputs)


def inputs(width: int, key: int) -> NDArray[np.uint32]:
    """Rows of edge words and random words; rows whose halves are close to each other occur often."""
    draw = np.random.Generator(np.random.Philox(key=key))
    edges = np.array(INTEGERS, np.uint32)[draw.integers(0, len(INTEGERS), (COUNT, width))]
    random = draw.integers(0, 1 << 32, (COUNT, width), dtype=np.uint32)
    rows = np.where(draw.random((COUNT, width)) < 0.6, edges, random)
    half = width // 2
    same = draw.random((COUNT, half)) < 0.4
    rows[:, half : 2 * half] = np.where(same, rows[:, :half], rows[:, half : 2 * half])
    return rows.astype(np.uint32)


def number(words: Sequence[int], signed: bool = False) -> int:
    """Little-endian words as an integer."""
    value = sum(int(w) << 32 * k for k, w in enumerate(words))
    return value - (1 << 32 * len(words)) if signed and words[-1] >> 31 else value


@pytest.mark.parametrize("words", [2, 3])
def test_long_sums_and_differences(words: int) -> None:
    rows = inputs(2 * words, words)
    for sign, symbol in ((1, ""), (-1, "-")):
        lines = [
            f"IADD{'.X' * (k > 0)} R{k}{'.CC' * (k < words - 1)}, R{4 + k}, {symbol}R{4 + words + k}"
            for k in range(words)
        ]
        got = compute(lines, rows, words)
        for row, result in zip(rows.tolist(), got.tolist(), strict=True):
            wanted = number(row[:words]) + sign * number(row[words:])
            assert number(result) == wanted % (1 << 32 * words), [hex(w) for w in row]


@pytest.mark.parametrize("signs", [("", "", ""), ("-", "", ""), ("", "-", ""), ("", "", "-")])
def test_long_sums_of_three_carry_twice(signs: tuple[str, str, str]) -> None:
    rows = inputs(6, 30)
    lines = [
        f"IADD3{'.X' * k} R{k}{'.CC' * (1 - k)}, {signs[0]}R{4 + k}, {signs[1]}R{6 + k}, {signs[2]}R{8 + k}"
        for k in (0, 1)
    ]
    for row, result in zip(rows.tolist(), compute(lines, rows, 2).tolist(), strict=True):
        parts = [number(row[2 * k : 2 * k + 2]) * (-1 if sign else 1) for k, sign in enumerate(signs)]
        assert number(result) == sum(parts) % (1 << 64), [hex(w) for w in row]


@pytest.mark.parametrize("words", [2, 3])
def test_long_comparisons(words: int) -> None:
    """The lower words are subtracted into RZ.CC, the highest compared with .X: all six relations, signed and
    unsigned.
    """
    rows = inputs(2 * words, 40 + words)
    names = ("LT", "EQ", "LE", "GT", "NE", "GE")
    lines = []
    for k, (name, unsigned) in enumerate((n, u) for n in names for u in (False, True)):
        lines += [f"IADD{'.X' * (w > 0)} RZ.CC, R{4 + w}, -R{4 + words + w}" for w in range(words - 1)]
        a, b = f"R{4 + words - 1}", f"R{4 + 2 * words - 1}"
        lines += [
            f"ISETP.{name}{'.U32' * unsigned}.X.AND P0, PT, {a}, {b}, PT",
            f"SEL R{12 + k}, R44, RZ, P0",
        ]
    lines = ["MOV32I R44, 0x1", *lines, *(f"MOV R{k}, R{12 + k}" for k in range(12))]
    for row, result in zip(rows.tolist(), compute(lines, rows, 12).tolist(), strict=True):
        wanted = [
            truth(name, number(row[:words], signed), number(row[words:], signed))
            for name in names
            for signed in (True, False)
        ]
        assert result == wanted, [hex(w) for w in row]


def test_comparison_of_differences_by_condition_codes() -> None:
    """a - b into RZ.CC, then CC.LT and its like: signed order even where the difference overflows."""
    rows = inputs(2, 50)
    lines = ["IADD RZ.CC, R4, -R5"]
    names = ("LT", "EQ", "LE", "GT", "NE", "GE")
    for k, name in enumerate(names):
        lines += [
            f"MOV R{k}, RZ",
            f"BRA !P6, `(.L_t{k})",
            "EXIT",
            f".L_t{k}:",
            f"BRA CC.{name}, `(.L_y{k})",
            f"BRA `(.L_n{k})",
            f".L_y{k}:",
        ]
        lines += [f"MOV32I R{k}, 0x1", f".L_n{k}:"]
    for row, result in zip(rows.tolist(), compute([*lines, "NOP"], rows, 6).tolist(), strict=True):
        a, b = (number([w], signed=True) for w in row)
        assert result == [truth(name, a, b) for name in names], (a, b)


LOW_PRODUCT = ("XMAD.MRG R20, R4, R5.H1, RZ", "XMAD R21, R4, R5, {c}", "XMAD.PSL.CBCC R0, R4.H1, R20.H1, R21")
HIGH_UNSIGNED = (
    "XMAD R20, R4, R5, RZ", "XMAD R21, R4, R5.H1, RZ", "XMAD R22, R4.H1, R5.H1, RZ",
    "XMAD.CHI R23, R4.H1, R5, R20", "IADD3.RS R0, R23, R21, R22",
)  # fmt: skip
HIGH_SIGNED = (
    "XMAD R20, R4, R5, RZ", "XMAD.U16.S16 R21, R4, R5.H1, RZ", "XMAD.S16.S16.CSFU R22, R4.H1, R5.H1, RZ",
    "XMAD.S16.U16.CHI R23, R4.H1, R5, R20",
    "IADD3.RS R0, R23, R21, R22",
)  # fmt: skip


def test_products_of_words() -> None:
    """The compilers' idioms for a * b + c, the upper word of an unsigned product, and of a signed one."""
    rows = inputs(3, 60)
    low = compute([line.format(c="R6") for line in LOW_PRODUCT], rows, 1)[:, 0].tolist()
    high = compute(HIGH_UNSIGNED, rows, 1)[:, 0].tolist()
    signed_high = compute(HIGH_SIGNED, rows, 1)[:, 0].tolist()
    for k, (a, b, c) in enumerate(rows.tolist()):
        assert low[k] == (a * b + c) & M32, (hex(a), hex(b), hex(c))
        assert high[k] == a * b >> 32, (hex(a), hex(b))
        assert signed_high[k] == number([a], signed=True) * number([b], signed=True) >> 32 & M32, (
            hex(a),
            hex(b),
        )


@given(st.lists(st.integers(0, 31), min_size=BLOCK, max_size=BLOCK), st.integers(0, 2**64 - 1))
def test_long_shifts(counts: list[int], value: int) -> None:
    """A 64-bit left shift: SHF for the upper word, SHL for the lower one."""
    rows = np.array([[value & M32, value >> 32, n] for n in counts], np.uint32)
    got = compute(["SHF.L.U64 R1, R4, R6, R5", "SHL R0, R4, R6"], rows, 2)
    assert [number(r) for r in got.tolist()] == [(value << n) % (1 << 64) for n in counts]
