"""What decides which bytes a program touches, in programs for which that is known."""

from __future__ import annotations

import pytest
from tests.emulator.bench import program

from sassafras.isa.deciding import deciding
from sassafras.isa.kinds import Space

ADDRESS = ("MOV R2, c[0x0][0x140]", "MOV R3, c[0x0][0x144]")
LOAD, STORE = "LDG.E R4, [R2]", "STG.E [R2], R4"

#: lines behind ADDRESS, the number among all of the instruction looked at, and what decides before it
KNOWN = {
    "a value that is stored does not": ((LOAD, "IADD R4, R4, R5", STORE, "EXIT"), 3, "R2 R3"),
    "an address does, up to its last use": ((LOAD, "MOV R2, RZ", STORE, "EXIT"), 3, "R3"),
    "nothing does behind the last access": ((LOAD, STORE, "EXIT"), 4, ""),
    "what an address is computed from": (("IADD R4, R5, R6", "LDS R7, [R4]", "EXIT"), 2, "R5 R6"),
    "a guard of an access": (("@P1 LDS R7, [RZ]", "EXIT"), 2, "P1"),
    "not the guard of a move": (("@P1 MOV R7, R8", "LDS R9, [RZ]", "EXIT"), 2, ""),
    "the guard of what computes an address": (("@P1 MOV R7, R8", "LDS R9, [R7]", "EXIT"), 2, "P1 R7 R8"),
    "a branch": (("@P2 BRA `(.L_1)", "NOP", ".L_1:", "EXIT"), 2, "P2"),
    "what a branch asks": (("ISETP.LT.AND P2, PT, R5, R6, P3", "@P2 BRA `(.L_1)", "NOP", ".L_1:", "EXIT"), 2,
                           "P3 R5 R6"),
    "condition codes of an address": (("IADD.X R4, R5, RZ", "LDS R7, [R4]", "EXIT"), 2, "CC R5"),
    "what another lane gives": (("SHFL.BFLY PT, R6, R5, 0x1, 0x1f", "LDS R7, [R6]", "EXIT"), 2, "R5"),
    "what it gives from anywhere": (
        ("MOV R9, RZ", "SHFL.BFLY PT, R6, R5, 0x1, 0x1f", "LDS R7, [R6]", "MOV R5, RZ", "EXIT"), 6, "R5",
    ),
    "what goes through shared memory": (
        ("STS [RZ], R5", "LDS R6, [RZ]", "LDS R7, [R6]", "EXIT"), 2, "R5",
    ),
    "not what goes through memory of another kind": (
        ("STL [RZ], R5", "LDS R6, [RZ]", "LDS R7, [R6]", "EXIT"), 2, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", KNOWN)
def test_what_decides(what: str) -> None:
    lines, number, wanted = KNOWN[what]
    found = deciding(program(*ADDRESS, *lines, shared=256)).before[number]
    assert " ".join(sorted(place.name for place in found)) == wanted


def test_behind_an_instruction() -> None:
    known = deciding(program(*ADDRESS, LOAD, "MOV R2, R4", "LDG.E R5, [R2]", "EXIT"))
    assert [place.name for place in known.behind[2] if place.number == 4] == ["R4"]
    assert [place.name for place in known.behind[3] if place.number == 4] == []
    assert known.spaces == {Space.GLOBAL}


def test_memory_that_decides_nothing() -> None:
    assert deciding(program(*ADDRESS, LOAD, STORE, "EXIT")).spaces == frozenset()
    generic = deciding(program(*ADDRESS, "LD.E R4, [R2], P0", "LDS R5, [R4]", "EXIT", shared=64))
    assert generic.spaces == {Space.GLOBAL, Space.SHARED, Space.LOCAL}
