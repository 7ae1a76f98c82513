"""Moves of fragments of matrices (LDSM, STSM, MOVM), in lock step, element by element."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.recording import RecordingFunction, differences
from tests.emulator.turing.bench import program
from tests.emulator.turing.products import WARP, Words
from tests.emulator.turing.running import drawn, ran

from sassafras.emulator.traps import TrapKind

BUILDS = pytest.mark.parametrize("armed", [pytest.param(False, marks=pytest.mark.long), True])


FEW = (("M88", ".4"), ("MT88", ".2"))


def matrix(words: Words, row: int, column: int, at: int) -> int:
    """Element of the matrix that lanes hold in the word at a place."""
    return int(words[4 * row + column // 2, at]) >> 16 * (column % 2) & 0xFFFF


@BUILDS
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"LDSM.16.{order}{count}", marks=() if (order, count) in FEW else pytest.mark.long)
        for order in ("M88", "MT88")
        for count in ("", ".2", ".4")
    ],
)
def test_matrices_from_shared_memory(text: str, armed: bool) -> None:
    """Lanes that have no row may have any address."""
    count = int(text[-1]) if text[-2] == "." else 1
    rows = drawn(WARP, 11)
    places = np.random.Generator(np.random.Philox(3)).permutation(WARP)
    rows[:, 4] = 16 * places
    rows[8 * count :, 4] = 0xFFFFFFF1
    lines = [
        *(f"LDG.E R{8 + k}, [R2.64+{4 * k:#x}]" for k in range(5)),
        "IMAD R6, R0, 0x10, RZ",
        "STS.128 [R6], R8",
    ]
    lines += ["WARPSYNC.ALL", f"{text} R20, [R12]"]
    lines += [f"STG.E [R2.64+{20 + 4 * k:#x}], R{20 + k}" for k in range(count)]
    got, trap = ran([*lines, "EXIT"], rows, armed=armed, shared=512)
    assert trap is None
    held = rows[:, :4]
    for k in range(count):
        for r in range(8):
            for c in range(8):
                x, y = (c, r) if "MT88" in text else (r, c)
                line = held[places[8 * k + x]]
                assert matrix(got[:, 5:], r, c, k) == int(line[y // 2]) >> 16 * (y % 2) & 0xFFFF


@BUILDS
def test_a_row_outside_of_shared_memory_traps(armed: bool) -> None:
    for text in ("LDSM.16.M88.4 R8, [R7+0x10]", "STSM.16.M88.4 [R7+0x10], R8"):
        _, trap = ran(
            ["IMAD R7, R0, 0x10, RZ", text, "EXIT"], drawn(WARP, 1), armed=armed, shared=512, arch="sm_90"
        )
        assert trap is not None and trap.kind is TrapKind.SHARED_OUT_OF_RANGE and trap.thread == 31


@BUILDS
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"STSM.16.{order}{count}", marks=() if (order, count) in FEW else pytest.mark.long)
        for order in ("M88", "MT88")
        for count in ("", ".2", ".4")
    ],
)
def test_matrices_to_shared_memory(text: str, armed: bool) -> None:
    count = int(text[-1]) if text[-2] == "." else 1
    rows = drawn(WARP, 12)
    lines = [*(f"LDG.E R{8 + k}, [R2.64+{4 * k:#x}]" for k in range(4)), "IMAD R6, R0, 0x10, RZ"]
    lines += [f"{text} [R6], R8", "WARPSYNC.ALL", "LDS.128 R20, [R6]", "STG.E.128 [R2.64+0x10], R20", "EXIT"]
    got, trap = ran(lines, rows, armed=armed, shared=512, arch="sm_90")
    assert trap is None
    stored = got[:, 4:8]
    assert not stored[8 * count :].any()
    for k in range(count):
        for r in range(8):
            for c in range(8):
                x, y = (c, r) if "MT88" in text else (r, c)
                assert matrix(rows, r, c, k) == int(stored[8 * k + x, y // 2]) >> 16 * (y % 2) & 0xFFFF


@BUILDS
def test_a_matrix_is_transposed(armed: bool) -> None:
    rows = drawn(WARP, 13)
    got, trap = ran(
        ["LDG.E R8, [R2.64]", "MOVM.16.MT88 R8, R8", "STG.E [R2.64+0x4], R8", "EXIT"], rows, armed=armed
    )
    assert trap is None
    for r in range(8):
        for c in range(8):
            assert matrix(got, r, c, 1) == matrix(rows, c, r, 0)


FORMS = [
    f"LDSM.16.{order}{count} R8, [R4+UR4+0x10]" for order in ("M88", "MT88") for count in ("", ".2", ".4")
]
FORMS += [f"STSM.16.{order}{count} [R4+0x10], R8" for order in ("M88", "MT88") for count in ("", ".2", ".4")]


def test_every_form_reads_and_writes_what_its_record_declares() -> None:
    code = program(*FORMS, "MOVM.16.MT88 R9, R8", "@P0 MOVM.16.MT88 RZ, RZ", "EXIT")
    function = RecordingFunction(code)
    function.emit()
    assert [text for i in code.instructions for text in differences(i, function.seen[i.index])] == []
