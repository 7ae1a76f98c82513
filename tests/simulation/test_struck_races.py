"""Races that faults make are marked in their rows; of both engines alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from tests.kernels.sample import every_nth
from tests.simulation.hand_written import kernel, workload

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.design.settings import Settings
from sassafras.faults.own import OwnFault
from sassafras.kernels.kernel import Kernel

LOAD, STORE = "LDG.E R6, [R2]", "STG.E [R4], R6"
# Instructions 0 to 5 make the addresses (hand_written.PLACES), so the first of these lines is number 6.
PLAIN = kernel("plain", LOAD, STORE, "EXIT", observed=True)
ALONE = kernel("alone", LOAD, STORE, "EXIT")  #: says what it touches
#: each thread takes the word of the thread 32 further on, behind a barrier
SHARED = kernel(
    "through_shared", LOAD, "STS [R1], R6", "BAR.SYNC 0x0", "LOP.XOR R8, R1, 0x80", "LDS R6, [R8]", STORE,
    "EXIT", shared=256, observed=True,
)  # fmt: skip
#: the same, without looking at another warp's word: nobody would notice without the barrier
OWN_WORD = kernel("own_word", LOAD, "STS [R1], R6", "LDS R6, [R1]", STORE, "EXIT", shared=256, observed=True)
#: blocks of 64 threads store side by side
BLOCKS = kernel(
    "side_by_side", "S2R R7, SR_CTAID.X", "SHL R7, R7, 0x8", "IADD R4.CC, R4, R7", "IADD.X R5, R5, RZ", LOAD,
    "IADD R6, R6, R7", STORE, "EXIT", blocks=2, observed=True,
)  # fmt: skip
#: threads of warp 1 store only if their word is 0
GUARDED = kernel(
    "guarded", LOAD, "SHL R9, R0, 0x1b", "SHR.U32 R9, R9, 0x19", "IADD R4.CC, R9, c[0x0][0x148]",
    "IADD.X R5, RZ, c[0x0][0x14c]", "ISETP.LT.AND P0, PT, R0, 0x20, PT", "@P0 STG.E [R4], R6", "EXIT",
    observed=True,
)  # fmt: skip
SAME = kernel(
    "same_value", "MOV R6, 0x7", "MOV R4, c[0x0][0x148]", "MOV R5, c[0x0][0x14c]", STORE, "EXIT",
    observed=True,
)  # fmt: skip
#: adds to one sum, and stores its own word: a kernel with atomics is watched whole
ATOMIC = kernel(
    "adds", LOAD, "MOV R8, c[0x0][0x148]", "MOV R9, c[0x0][0x14c]", "IADD R4.CC, R4, 0x100",
    "IADD.X R5, R5, RZ", "RED.E.ADD [R8], R6", STORE, "EXIT", observed=True,
)  # fmt: skip
#: stores its number to where its word says
SCATTER = kernel(
    "scatter", LOAD, "SHL R6, R6, 0x2", "IADD R4.CC, R6, c[0x0][0x148]", "IADD.X R5, RZ, c[0x0][0x14c]",
    "STG.E [R4], R0", "EXIT", observed=True,
)  # fmt: skip
NUMBERS = kernel("numbers", LOAD, "MOV R6, R0", STORE, "EXIT", observed=True)


@dataclass(frozen=True)
class Case:
    """A fault in the first of some launches: thread, instruction, target, mask; what the row says of a race
    (None: nothing).
    """

    launches: tuple[Kernel, ...]
    fault: tuple[int, int, str, str]
    said: str | None


STORED, ADDRESS = "IOA:ADDRESS", "RF:R4"
CASES = {
    "a store onto the word of another warp": Case(
        (PLAIN,),
        (0, 7, STORED, "0x80"),
        r'^thread 0 of block 0 at 0x\w+, "STG\.E \[R4\], R6", and thread 32 of block 0 at 0x\w+, "STG.*"'
        r", race for byte 0x80 of out \(0x\w+\)$",
    ),
    "an address bit in a register, of a thread that comes later": Case(
        (PLAIN,), (40, 7, ADDRESS, "0x80"), r"^thread (8|40) .*race for byte 0x20 of out"
    ),
    "the same of a kernel that says what it touches": Case(
        (ALONE,), (0, 7, STORED, "0x80"), r"race for byte 0x80 of out"
    ),
    "a store onto the word of a lane of the same warp": Case((PLAIN,), (0, 7, STORED, "0x4"), None),
    "a store where nobody is": Case((PLAIN,), (0, 7, STORED, "0x4000"), None),
    "an address that is nowhere": Case((PLAIN,), (0, 7, "RF:R5", "0x400000"), None),
    "a stored value": Case((PLAIN,), (0, 7, "IOV:WORD0", "0x80"), None),
    "a register that nobody reads": Case((PLAIN,), (0, 7, "RF:R9", "0x80"), None),
    "a load of what another warp loads": Case((PLAIN,), (0, 6, "RF:R2", "0x80"), None),
    "a store to shared memory onto another warp's word": Case(
        (SHARED,), (3, 7, "RF:R1", "0x80"), r"^thread 3 .*STS.* thread 35 .*STS.* 0x8c of shared memory$"
    ),
    "a load from shared memory behind a barrier": Case((SHARED,), (3, 10, "RF:R8", "0x80"), None),
    "a load from shared memory where another warp stores": Case(
        (OWN_WORD,), (3, 8, "RF:R1", "0x80"), r"^thread 35 .*STS.* thread 3 .*LDS.* 0x8c of shared memory$"
    ),
    "a store onto a word of another block": Case(
        (BLOCKS,), (5, 12, STORED, "0x100"), r"^thread 5 of block 0 .* block 1 .* 0x114 of out"
    ),
    "a guard that lets a store through": Case(
        (GUARDED,), (32, 11, "IOV:P0", "0x1"), r"^thread 0 .*and thread 32 .*STG.* race for byte 0x0 of out"
    ),
    "a value that is no longer the same": Case((SAME,), (31, 9, "IOV:WORD0", "0x1"), r"byte 0x0 of out"),
    "a register behind its last use": Case((SAME,), (0, 9, "RF:R0", "0x1"), None),
    "an atomic beside a store": Case((ATOMIC,), (0, 11, STORED, "0x100"), None),
    "a store beside an atomic": Case((ATOMIC,), (0, 12, STORED, "0x80"), r"race for byte 0x180 of out"),
    "an index that a later launch stores at": Case(
        (NUMBERS, SCATTER), (0, 8, "IOV:WORD0", "0x20"), r"^thread 0 .*STG.E .R4., R0.* for byte 0x80 of out"
    ),
    "an index of the same warp": Case((NUMBERS, SCATTER), (0, 8, "IOV:WORD0", "0x1"), None),
}  # fmt: skip


def row(folder: Path, case: Case, engine: Literal["fast", "full"]) -> pd.Series[Any]:
    names = ("in", "b", "out") if len(case.launches) > 1 else ("in", "out")
    made, given = workload(*zip(case.launches, names, names[1:], strict=False), room=2)
    thread, instruction, target, mask = case.fault
    fault = OwnFault(case.launches[0].name, 0, 0, thread, instruction, target, mask)
    asked = Settings(kernels=(case.launches[0].name,), faults=(fault,), engine=engine, modes=(fault.mode,))
    campaign = Campaign(folder / engine, asked, made, [given])
    campaign.run()
    found = campaign.injections()
    campaign.store.close()
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.alike(3)
@pytest.mark.filterwarnings("ignore::sassafras.simulation.watch.RaceWarning")
@pytest.mark.parametrize("what", every_nth(2, CASES))
def test_a_race_is_marked(what: str, tmp_path: Path) -> None:
    case = CASES[what]
    fast, full = row(tmp_path, case, "fast"), row(tmp_path, case, "full")
    said = fast["race"]
    assert said == full["race"]
    assert fast["outcome"] == full["outcome"]
    if case.said is None:
        assert said is None
    else:
        assert isinstance(said, str) and re.search(case.said, said), said
