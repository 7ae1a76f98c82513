"""What lanes find out together (MATCH, REDUX, VOTE, barriers that reduce), against plain integers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
import pytest
from tests.emulator.recording import RecordingFunction, differences
from tests.emulator.turing.bench import program
from tests.emulator.turing.integers import signed
from tests.emulator.turing.running import Rows, drawn, ran

from sassafras.errors import ListingError

WARP = 32
M32 = 0xFFFFFFFF
BUILDS = pytest.mark.parametrize("armed", [False, True])
REDUCTIONS: dict[str, Callable[[Sequence[int]], int]] = {
    "REDUX": lambda words: reduce(lambda a, b: a & b, words),
    "REDUX.OR": lambda words: reduce(lambda a, b: a | b, words),
    "REDUX.XOR": lambda words: reduce(lambda a, b: a ^ b, words),
    "REDUX.SUM": lambda words: sum(words) & M32,
    "REDUX.SUM.S32": lambda words: sum(words) & M32,
    "REDUX.MIN": min,
    "REDUX.MAX": max,
    "REDUX.MIN.S32": lambda words: min(words, key=signed),
    "REDUX.MAX.S32": lambda words: max(words, key=signed),
}


def _given(threads: int, key: int) -> Rows:
    rows = drawn(threads, key)
    rows[:, 0] &= 3  # some alike
    rows[:, 1] %= 5  # who takes part: not 0
    rows[: WARP // 2, 2] = 7
    rows[WARP:, 2] = 7
    rows[5, 3] = 0x80000000
    return rows


@BUILDS
def test_reductions_over_the_lanes_that_are_there(armed: bool) -> None:
    lines = ["LDG.E R8, [R2.64+0xc]", "LDG.E R9, [R2.64+0x4]", "ISETP.NE.AND P0, PT, R9, RZ, PT"]
    for k, form in enumerate(REDUCTIONS):
        lines += [
            "UMOV UR4, 0x0",
            f"@P0 {form} UR4, R8",
            "MOV R10, UR4",
            f"STG.E [R2.64+{16 + 4 * k:#x}], R10",
        ]
    rows = _given(2 * WARP, 3)
    got, trap = ran([*lines, "EXIT"], rows, armed=armed)
    assert trap is None
    for warp in (slice(0, WARP), slice(WARP, 2 * WARP)):
        here = [row for row in rows[warp].tolist() if row[1]]
        for k, function in enumerate(REDUCTIONS.values()):
            wanted = function([row[3] for row in here])
            answers = [
                row[4 + k] if given[1] else wanted for row, given in zip(got[warp], rows[warp], strict=True)
            ]
            assert answers == [wanted] * WARP


@BUILDS
def test_matches_among_the_lanes_that_are_there(armed: bool) -> None:
    rows = _given(2 * WARP, 4)
    got, trap = ran(
        [
            *("LDG.E R8, [R2.64]", "LDG.E R9, [R2.64+0x8]", "LDG.E R10, [R2.64+0x4]"),
            *("ISETP.NE.AND P0, PT, R10, RZ, PT", "MOV R11, RZ", "MOV R12, RZ", "MOV R13, 0x1"),
            *("@P0 MATCH.ANY R11, R8", "@P0 MATCH.ALL P1, R12, R9", "SEL R14, R13, RZ, P1"),
            *("STG.E [R2.64+0x10], R11", "STG.E [R2.64+0x14], R12", "@P0 STG.E [R2.64+0x18], R14", "EXIT"),
        ],
        rows,
        armed=armed,
    )
    assert trap is None
    for warp in (slice(0, WARP), slice(WARP, 2 * WARP)):
        given = rows[warp].tolist()
        here = [k for k in range(WARP) if given[k][1]]
        every = len({given[k][2] for k in here}) == 1
        for k in here:
            alike = sum(1 << j for j in here if given[j][0] == given[k][0])
            all_of_them = sum(1 << j for j in here) if every else 0
            assert got[warp][k, 4:7].tolist() == [alike, all_of_them, int(every)]
        assert every == (warp.start == WARP)


@BUILDS
def test_matches_of_two_words(armed: bool) -> None:
    """Alike in one word is not alike."""
    rows = drawn(WARP, 41)
    rows[:, 0:2] &= 1
    rows[:, 2:4] = 5, 6
    got, trap = ran(
        [
            *("LDG.E.64 R8, [R2.64]", "LDG.E.64 R10, [R2.64+0x8]", "MOV R16, 0x1"),
            *("MATCH.ANY.U64 R12, R8", "MATCH.ALL.U64 P1, R13, R10", "SEL R14, R16, RZ, P1"),
            *("MATCH.ALL.U64 P2, R15, R8", "SEL R16, R16, RZ, P2"),
            *(f"STG.E [R2.64+{16 + 4 * k:#x}], R{12 + k}" for k in range(5)),
            "EXIT",
        ],
        rows,
        armed=armed,
    )
    assert trap is None
    for k, row in enumerate(rows[:, :2].tolist()):
        alike = sum(1 << j for j, other in enumerate(rows[:, :2].tolist()) if other == row)
        assert got[k, 4:9].tolist() == [alike, M32, 1, 0, 0]


def test_every_match_reads_and_writes_what_its_record_declares() -> None:
    ways = (("ANY", ""), ("ALL", "P1, "))
    texts = [
        f"MATCH.{way}{size} {d}R8, {a}" for way, d in ways for size in ("", ".U64") for a in ("R4", "RZ")
    ]
    code = program(*texts, "EXIT")
    function = RecordingFunction(code)
    function.emit()
    assert [text for i in code.instructions for text in differences(i, function.seen[i.index])] == []


@BUILDS
def test_barriers_count_and_combine_predicates(armed: bool) -> None:
    rows = _given(2 * WARP, 5)
    lines = ["LDG.E R8, [R2.64]", "ISETP.EQ.AND P0, PT, R8, 0x1, PT"]
    for k, way in enumerate(("POPC", "AND", "OR")):
        lines += [f"BAR.RED.{way}.DEFER_BLOCKING 0x0, P0", "B2R.RESULT R9, P1", "SEL R10, R9, RZ, P1"]
        lines.append(f"STG.E [R2.64+{16 + 4 * k:#x}], R10")
    got, trap = ran([*lines, "EXIT"], rows, armed=armed)
    assert trap is None
    count = int((rows[:, 0] == 1).sum())
    assert 0 < count < 2 * WARP
    assert (got[:, 4:7] == [count, 0, M32]).all()


@BUILDS
def test_warps_wait_at_a_barrier_with_a_number(armed: bool) -> None:
    """The second warp only arrives; what it has stored by then the first one reads."""
    rows = drawn(2 * WARP, 6)
    got, trap = ran(
        [
            *("LDG.E R8, [R2.64]", "ISETP.GE.AND P0, PT, R0, 0x20, PT", "IMAD R9, R0, 0x4, RZ"),
            *("@P0 STS [R9], R8", "@P0 BAR.ARV 0x3, 0x40", "@P0 EXIT", "BAR.SYNC.DEFER_BLOCKING 0x3, 0x40"),
            *("LDS R10, [R9+0x80]", "STG.E [R2.64+0x4], R10", "EXIT"),
        ],
        rows,
        armed=armed,
        shared=256,
    )
    assert trap is None
    assert got[:WARP, 1].tolist() == rows[WARP:, 0].tolist()


@BUILDS
def test_votes_of_the_warp(armed: bool) -> None:
    rows = _given(WARP, 7)
    got, trap = ran(
        [
            *("LDG.E R8, [R2.64]", "ISETP.EQ.AND P0, PT, R8, 0x1, PT", "VOTEU.ANY UR4, UP0, P0"),
            *("USEL UR5, UR4, URZ, UP0", "MOV R9, UR5", "STG.E [R2.64+0x4], R9", "VOTEU.ALL UP1, P0"),
            *("UMOV UR6, 0x1", "USEL UR7, UR6, URZ, UP1", "MOV R9, UR7", "STG.E [R2.64+0x8], R9"),
            *(
                "VOTE.ANY R9, PT, P0",
                "STG.E [R2.64+0xc], R9",
                "MOV R11, 0x1",
                "ISETP.LT.U32.AND P2, PT, R8, 0x4, PT",
            ),
            *("VOTE.ALL P1, P0", "SEL R9, R11, RZ, P1", "STG.E [R2.64+0x10], R9", "VOTE.ALL P1, P2"),
            *("SEL R9, R11, RZ, P1", "STG.E [R2.64+0x14], R9", "EXIT"),
        ],
        rows,
        armed=armed,
    )
    assert trap is None
    votes = sum(1 << k for k, row in enumerate(rows.tolist()) if row[0] == 1)
    assert got[:, 1].tolist() == [votes] * WARP
    assert not np.any(got[:, 2])
    assert (got[:, 3:6] == [votes, 0, 1]).all()


@BUILDS
def test_shuffles_of_every_kind(armed: bool) -> None:
    rows = drawn(WARP, 8)
    forms: dict[str, Callable[[int], tuple[int, bool]]] = {
        "SHFL.IDX P0, R9, R8, 0x5, 0x1f": lambda lane: (5, True),
        "SHFL.BFLY P0, R9, R8, 0x9, 0x1f": lambda lane: (lane ^ 9, True),
        "SHFL.UP P0, R9, R8, 0x3, RZ": lambda lane: (lane - 3, lane >= 3),
        "SHFL.DOWN P0, R9, R8, 0x6, 0x1f": lambda lane: (lane + 6, lane + 6 < WARP),
        "SHFL.DOWN P0, R9, R8, 0x2, 0x181f": lambda lane: (lane + 2, lane % 8 + 2 < 8),
    }
    lines = ["LDG.E R8, [R2.64]", "MOV R11, 0x1"]
    for k, text in enumerate(forms):
        lines += [text, f"STG.E [R2.64+{8 + 8 * k:#x}], R9", "SEL R10, R11, RZ, P0"]
        lines.append(f"STG.E [R2.64+{12 + 8 * k:#x}], R10")
    got, trap = ran([*lines, "EXIT"], rows, armed=armed)
    assert trap is None
    for k, source in enumerate(forms.values()):
        for lane in range(WARP):
            other, inside = source(lane)
            wanted = rows[other if inside else lane, 0]
            assert got[lane, 2 + 2 * k : 4 + 2 * k].tolist() == [wanted, int(inside)]


@BUILDS
def test_jumps_that_ask_who_is_there(armed: bool) -> None:
    """.DIV where lanes are missing, .CONV where none is; lane 7 has gone at first."""
    lines = ["MOV R9, RZ", "ISETP.NE.AND P0, PT, R0, 0x7, PT"]
    for text in ("BRA.DIV ~URZ, `(.L_{k})", "BRA.CONV ~URZ, `(.L_{k})", "BRA.DIV UR4, `(.L_{k})"):
        for guard in ("@P0 ", ""):
            k = len(lines)
            lines += [
                "UMOV UR4, 0xffffff7f",
                f"{guard}{text.format(k=k)}",
                "IADD3 R9, R9, 0x1, RZ",
                f".L_{k}:",
            ]
            lines += ["WARPSYNC 0xffffffff", "IADD3 R9, R9, R9, RZ"]
    got, trap = ran([*lines, "STG.E [R2.64], R9", "EXIT"], drawn(WARP, 9), armed=armed)
    assert trap is None
    # DIV: 31 jump, then nobody; CONV: nobody, then all; DIV beside those 31: nobody, then all. A lane that
    # does not jump adds one, and all double.
    assert got[7, 0] == 0b1110100
    assert (np.delete(got[:, 0], 7) == 0b0110100).all()


@BUILDS
def test_special_registers_of_the_warp(armed: bool) -> None:
    got, trap = ran(
        [
            "S2UR UR4, SR_CTAID.X",
            "S2UR UR5, SR_CTAID.Y",
            "MOV R9, UR4",
            "MOV R10, UR5",
            "STG.E [R2.64], R9",
            "STG.E [R2.64+0x4], R10",
            "EXIT",
        ],
        drawn(WARP, 10),
        armed=armed,
    )
    assert trap is None and not got[:, :2].any()


@BUILDS
def test_lanes_that_have_parted_shuffle_together(armed: bool) -> None:
    """As compiled for .DIV: each half comes to its own WARPSYNC of the same mask, and all shuffle."""
    rows = drawn(WARP, 11)
    together = (
        "WARPSYNC.COLLECTIVE R7, `(.L_{0})",
        "SHFL.BFLY P0, R9, R8, R10, R11",
        "ENDCOLLECTIVE",
        ".L_{0}:",
    )
    got, trap = ran(
        [
            *("LDG.E R8, [R2.64]", "MOV R7, 0xffffffff", "MOV R10, 0x11", "MOV R11, 0x1f"),
            *("LOP3.LUT R12, R0, 0x1, RZ, 0xc0, !PT", "ISETP.NE.AND P1, PT, R12, RZ, PT", "@P1 BRA `(.L_9)"),
            *("IADD3 R8, R8, 0x1, RZ", *(text.format(1) for text in together), "BRA `(.L_8)", ".L_9:"),
            *("WARPSYNC.EXCLUSIVE R7", *(text.format(2) for text in together[1:2]), ".L_8:"),
            *("STG.E [R2.64+0x4], R9", "EXIT"),
        ],
        rows,
        armed=armed,
    )
    assert trap is None
    given = [int(row[0]) + (lane % 2 == 0) & M32 for lane, row in enumerate(rows)]
    assert got[:, 1].tolist() == [given[lane ^ 0x11] for lane in range(WARP)]


def test_what_is_done_together_ends_before_the_target() -> None:
    lines = ["WARPSYNC.COLLECTIVE R7, `(.L_1)", "ENDCOLLECTIVE", "NOP", ".L_1:", "EXIT"]
    with pytest.raises(ListingError, match="does not end before its target"):
        ran(lines, drawn(WARP, 1), armed=False)
