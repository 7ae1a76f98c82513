"""Generic access, what tells where an address leads, atomic operations that floats have, and constants at a
place that the warp says: against NumPy and exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.emulator.ieee import BRAIN, DOUBLE, HALF, Format
from tests.emulator.turing.running import Rows, drawn, ran
from tests.emulator.turing.test_opcodes import HALVES

from sassafras.emulator.traps import TrapKind

BUILDS = pytest.mark.parametrize("armed", [False, True])
THREADS = 8
WIDTHS = {"U8": 1, "S8": 1, "U16": 2, "S16": 2, "": 4, "64": 8, "128": 16}
PLACES = {  #: R4, R5: a generic address of this thread's own 16 bytes in global, shared and local memory
    "global": ("IADD3 R4, P0, R2, 0x20, RZ", "IADD3.X R5, R3, RZ, RZ, P0, !PT"),
    "shared": ("IMAD R4, R0, 0x10, c[0x0][0x18]", "MOV R5, c[0x0][0x1c]"),
    "local": (
        *("MOV R1, c[0x0][0x28]", "IADD3 R1, R1, -0x20, RZ"),
        *("IADD3 R4, R1, c[0x0][0x20], RZ", "MOV R5, c[0x0][0x24]"),
    ),
}


def _each_width(load: str, store: str, place: str) -> list[str]:
    """R8 to R11 stored and loaded back in every width: what was loaded, and all that is there."""
    lines = ["LDG.E.128 R8, [R2.64]"]
    for k, width in enumerate(WIDTHS):
        dot = "." * bool(width)
        lines += [f"{store}.128 [{place}], RZ", f"{store}{dot}{width} [{place}], R8"]
        lines += [f"MOV R{r}, RZ" for r in range(12, 16)]
        lines += [f"{load}{dot}{width} R12, [{place}]", f"{load}.128 R16, [{place}]"]
        lines += [f"STG.E.128 [R2.64+{64 + 32 * k:#x}], R12", f"STG.E.128 [R2.64+{80 + 32 * k:#x}], R16"]
    return [*lines, "EXIT"]


def _check_each_width(rows: Rows, got: Rows) -> None:
    for k, (width, nbytes) in enumerate(WIDTHS.items()):
        given = rows[:, :4].copy().view(np.uint8)[:, :nbytes]
        wanted = np.zeros((THREADS, 16), np.uint8)
        wanted[:, :nbytes] = given
        loaded, stored = (got[:, 16 + 8 * k + at :][:, :4].copy().view(np.uint8) for at in (0, 4))
        assert (stored == wanted).all()
        if width.startswith("S"):
            wanted[:, nbytes:4] = np.where(given[:, -1:] & 0x80, 0xFF, 0)
        assert (loaded == wanted).all()


@BUILDS
@pytest.mark.parametrize("place", PLACES)
def test_loads_and_stores_go_where_the_address_leads(place: str, armed: bool) -> None:
    rows = drawn(THREADS, 11, 80)
    lines = [*PLACES[place], *_each_width("LD.E", "ST.E.STRONG.GPU", "R4.64")]
    got, trap = ran(lines, rows, armed=armed, shared=16 * THREADS)
    assert trap is None
    _check_each_width(rows, got)


@BUILDS
@pytest.mark.parametrize("place", PLACES)
def test_where_an_address_leads(place: str, armed: bool) -> None:
    lines = [*PLACES[place], "ST.E [R4.64], RZ", "MOV R9, 0x1"]
    for k, letter in enumerate("SLG"):
        lines += [f"QSPC.E.{letter} P0, RZ, [R4]", "SEL R8, R9, RZ, P0", f"STG.E [R2.64+{4 * k:#x}], R8"]
    got, trap = ran([*lines, "EXIT"], drawn(THREADS, 12), armed=armed, shared=16 * THREADS)
    assert trap is None
    assert (got[:, :3] == [int(place[0].upper() == letter) for letter in "SLG"]).all()


def _sum_of_pairs(form: Format, x: int, y: int) -> int:
    return form.add(x & 0xFFFF, y & 0xFFFF) | form.add(x >> 16, y >> 16) << 16


FLOATS: dict[str, tuple[int, Callable[[int, int], int]]] = {
    "F16x2.RN": (1, lambda x, y: _sum_of_pairs(HALF, x, y)),
    "BF16x2.RN": (1, lambda x, y: _sum_of_pairs(BRAIN, x, y)),
    "F64.RN": (2, DOUBLE.add),
}


@BUILDS
@pytest.mark.parametrize("kind", FLOATS)
def test_floats_are_added(kind: str, armed: bool) -> None:
    words, function = FLOATS[kind]
    rows = drawn(64, 13)
    dice = np.random.Generator(np.random.Philox(14))
    rows[:, 0:2] = dice.choice(np.array(HALVES, np.uint32), (64, 2))
    rows[::3, 4:6] = dice.choice(np.array(HALVES, np.uint32), (22, 2))
    for row in (0, 1):
        rows[row, 0:2] = 0, 0x7FF00000  # an infinity, and what is added to it
        rows[row, 4:6] = 0, 0xFFF00000 if row else 0x3FF00000
    text = f"ADD.{kind}.STRONG.GPU"
    got, trap = ran(
        [
            *("LDG.E.64 R8, [R2.64+0x10]", "MOV R10, RZ", "MOV R11, RZ", "LDG.E.64 R12, [R2.64]"),
            *(
                "STG.E.64 [R2.64+0x20], R12",
                f"ATOMG.E.{text} PT, R10, [R2.64], R8",
                "STG.E.64 [R2.64+0x18], R10",
            ),
            *(f"RED.E.{text} [R2.64+0x20], R8", "EXIT"),
        ],
        rows,
        armed=armed,
    )
    assert trap is None
    for given, left in zip(rows.tolist(), got.tolist(), strict=True):
        old, value = (sum(given[at + k] << 32 * k for k in range(words)) for at in (0, 4))
        wanted = function(old, value)
        for at in (0, 8):
            assert sum(left[at + k] << 32 * k for k in range(words)) == wanted, (hex(old), hex(value))
        assert left[6 : 6 + words] == given[:words]


@BUILDS
def test_generic_atomics_say_whether_they_were_done(armed: bool) -> None:
    rows = drawn(THREADS, 15)
    for place, lines in PLACES.items():
        program = [*lines, "LDG.E.64 R8, [R2.64]", "MOV R20, 0x1"]
        for k, (text, more) in enumerate(
            (("ADD", "R9"), ("CAS", "R8, R9"), ("ADD.F16x2.RN", "R9"), ("MAX.S32", "R9"))
        ):
            program += [
                "ST.E [R4.64], R8",
                "MOV R12, RZ",
                f"ATOM.E.{text}.STRONG.GPU P1, R12, [R4.64], {more}",
            ]
            program += ["LD.E R13, [R4.64]", "SEL R14, R20, RZ, P1", f"STG.E [R2.64+{0x10 + 4 * k:#x}], R14"]
            program += [f"@P1 STG.E [R2.64+{0x24 + 4 * k:#x}], R13"]
            program += ["@P1 ISETP.NE.AND P2, PT, R12, R8, PT", "@!P1 ISETP.NE.AND P2, PT, R13, R8, PT"]
            program += ["@P2 BPT.TRAP 0x1"]
        got, trap = ran([*program, "EXIT"], rows, armed=armed, shared=16 * THREADS)
        assert trap is None
        if place == "global":
            continue  # its bytes are those that the answers go to; test_atomics has them
        done = [1, 1, 0, 1] if place == "shared" else [0, 0, 0, 0]
        assert (got[:, 4:8] == done).all()
        if place == "shared":
            old, value = rows[:, 0], rows[:, 1]
            assert (got[:, 9] == old + value).all() and (got[:, 10] == value).all()
            assert (got[:, 12] == np.maximum(old.view(np.int32), value.view(np.int32)).view(np.uint32)).all()


def test_atomics_on_local_memory_without_a_way_out_trap() -> None:
    lines = [*PLACES["local"], "ATOM.E.ADD.STRONG.GPU PT, R12, [R4.64], R0", "EXIT"]
    _, trap = ran(lines, drawn(1, 16), armed=False)
    assert trap is not None and trap.kind is TrapKind.ILLEGAL_ADDRESS


@BUILDS
def test_shared_swaps_tell_and_lanes_are_counted(armed: bool) -> None:
    rows = drawn(40, 17)
    rows[::2, 4] = rows[::2, 0]  # half of the comparisons hold
    rows[::4, 5] = rows[::4, 1]
    got, trap = ran(
        [
            *(
                "IMAD R5, R0, 0x8, RZ",
                "LDG.E.128 R8, [R2.64]",
                "LDG.E.128 R12, [R2.64+0x10]",
                "STS.64 [R5+0x10], R8",
            ),
            *(
                "MOV R20, R12",
                "MOV R21, R14",
                "ATOMS.CAST.SPIN R22, [R5+0x10], R20, R21",
                "LDS R23, [R5+0x10]",
            ),
            *("STS.64 [R5+0x10], R8", "ATOMS.CAST.SPIN.64 R24, [R5+0x10], R12, R14", "LDS.64 R26, [R5+0x10]"),
            *("ISETP.EQ.AND P0, PT, R0, RZ, PT", "@P0 STS [RZ], RZ", "BAR.SYNC 0x0"),
            *("LOP3.LUT R6, R0, 0x3, RZ, 0xc0, !PT", "ISETP.NE.AND P0, PT, R6, RZ, PT"),
            *("@P0 ATOMS.POPC.INC.32 RZ, [URZ]", "BAR.SYNC 0x0", "LDS R28, [RZ]"),
            *(
                "STG.E.64 [R2.64+0x20], R22",
                "STG.E.64 [R2.64+0x28], R24",
                "STG.E.64 [R2.64+0x30], R26",
                "STG.E [R2.64+0x38], R28",
                "EXIT",
            ),
        ],
        rows,
        armed=armed,
        shared=512,
    )
    assert trap is None
    for given, left in zip(rows.tolist(), got.tolist(), strict=True):
        one, both = given[0] == given[4], given[0:2] == given[4:6]
        assert left[8:10] == [int(one), given[6] if one else given[0]]
        assert left[10:14] == [int(both), 0, *(given[6:8] if both else given[0:2])]
        assert left[14] == 30


@BUILDS
def test_constants_at_a_place_that_the_warp_says(armed: bool) -> None:
    got, trap = ran(
        [
            *("UMOV UR4, 0x8", "ULDC UR5, c[0x0][UR4+0x164]", "ULDC.64 UR6, c[0x0][UR4+0x168]"),
            *("ULDC.U8 UR8, c[0x2][UR4]", "ULDC.S16 UR9, c[0x2][UR4+0x2]", "MOV R8, UR5", "MOV R9, UR6"),
            *(
                "MOV R10, UR7",
                "MOV R11, UR8",
                "MOV R12, UR9",
                "STG.E.128 [R2.64], R8",
                "STG.E [R2.64+0x10], R12",
            ),
            "EXIT",
        ],
        drawn(THREADS, 18),
        armed=armed,
        constants=bytes(range(0xF4, 0x100)) + bytes(4),
    )
    assert trap is None
    assert (got[:, :5] == [102, 103, 104, 0xFC, 0xFFFFFFFE]).all()


@BUILDS
@pytest.mark.parametrize(
    ("load", "store", "place"), [("LDS", "STS", "R6"), ("LDL", "STL", "R7"), ("LDG.E", "STG.E", "R2.64+0x20")]
)
def test_every_width_of_each_space(load: str, store: str, place: str, armed: bool) -> None:
    rows = drawn(THREADS, 19, 80)
    lines = ["IMAD R6, R0, 0x10, RZ", "MOV R7, c[0x0][0x28]", "IADD3 R7, R7, -0x20, RZ"]
    got, trap = ran([*lines, *_each_width(load, store, place)], rows, armed=armed, shared=16 * THREADS)
    assert trap is None
    _check_each_width(rows, got)


@BUILDS
def test_constants_of_every_width(armed: bool) -> None:
    lines = ["IMAD R6, R0, 0x8, RZ"]
    widths = ("U8", "S8", "U16", "S16", "64")
    for k, width in enumerate(widths):
        lines += ["MOV R9, RZ", f"LDC.{width} R8, c[0x2][R6]", f"STG.E.64 [R2.64+{8 * k:#x}], R8"]
    lines += ["LDC R8, c[0x2][R6]", "MOV R9, RZ", "STG.E.64 [R2.64+0x28], R8"]
    table = drawn(4, 20).tobytes()[: 8 * THREADS]
    got, trap = ran([*lines, "EXIT"], drawn(THREADS, 21), armed=armed, constants=table)
    assert trap is None
    for row, word in zip(got.tolist(), np.frombuffer(table, "<u8").tolist(), strict=True):
        for k, width in enumerate((*widths, "32")):
            bits = int(width.strip("US"))
            value = word & (1 << bits) - 1
            value = value - (value >> bits - 1 << bits) & 0xFFFFFFFF if width[0] == "S" else value
            assert row[2 * k] | row[2 * k + 1] << 32 == value
