"""What fault-free threads read though nobody has written it: warned of where it may reach an output."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.emulator.bench import program
from tests.simulation.hand_written import THREADS, kernel, workload

from sassafras.isa.locations import File, Location
from sassafras.kernels.kernel import Kernel
from sassafras.simulation import watch as watching
from sassafras.simulation.unwritten import suspects
from sassafras.simulation.watch import RaceWarning, Watch
from sassafras.simulation.workbench import Workbench

LOAD, STORE = "LDG.E R6, [R2]", "STG.E [R4], R6"
READS = {
    "a register that is stored": (("IADD R6, R6, R9", STORE), r"thread 0 .*IADD R6, R6, R9.* reads R9 "),
    "a register of some threads": (
        ("ISETP.GT.AND P0, PT, R0, 0x28, PT", "@P0 IADD R6, R6, R9", STORE),
        r"thread 41 of block 0 .*IADD R6, R6, R9.* reads R9 ",
    ),
    "a predicate that guards a store": (("@P3 STG.E [R4], R6",), r"STG.* reads P3 "),
    "a predicate that chooses": (("SEL R6, R6, RZ, P3", STORE), r"SEL.* reads P3 "),
    "a condition of a branch": (("@!P3 BRA `(.L_1)", "NOP", ".L_1:", STORE), r"BRA.* reads P3 "),
}
HARMLESS = {
    "what is written by every thread": ("MOV R9, RZ", "IADD R6, R6, R9", STORE),
    "what comes to nothing": ("IADD R10, R6, R9", STORE),
    "what is overwritten": ("IADD R10, R6, R9", "MOV R10, R6", "STG.E [R4], R10"),
    "what a thread that does not exist would read": (
        "ISETP.GT.AND P0, PT, R0, 0x60, PT", "@P0 IADD R6, R6, R9", STORE,
    ),
    "what guarded instructions write for all": (
        "ISETP.GT.AND P0, PT, R0, 0x20, PT", "@P0 MOV R9, RZ", "@!P0 MOV R9, 0x1", "IADD R6, R6, R9", STORE,
    ),
}  # fmt: skip


def carried(spec: Kernel) -> tuple[str, ...]:
    made, given = workload((spec, "in", "out"))
    memory = made.fresh_memory()
    made.load(memory, *given.arrays)
    return Watch(spec.code(made.architecture), made.plan[0].launch, memory).run()


def coded(lines: tuple[str, ...], name: str = "reader", shared: int = 0) -> Kernel:
    return kernel(name, LOAD, *lines, "EXIT", shared=shared)


@pytest.mark.parametrize("what", READS)
def test_what_reads_an_unwritten_place_is_told(what: str) -> None:
    lines, said = READS[what]
    (note,) = carried(coded(lines))
    assert note.startswith("reader: ") and note.endswith("that nobody has written")
    assert re.search(said, note), note


@pytest.mark.parametrize("what", HARMLESS)
def test_what_does_no_harm_is_not(what: str) -> None:
    assert carried(coded(HARMLESS[what])) == ()


def test_what_may_be_read_unwritten_is_found_before_anything_runs() -> None:
    address = ("MOV R2, c[0x0][0x140]", "MOV R3, c[0x0][0x144]")
    carries = program(*address, "IADD.X R6, RZ, RZ", "STG.E [R2], R6", "EXIT")
    assert suspects(carries) == (Location(File.CODES, 0),)
    pair = program(*address, "LDG.E R6, [R8]", "STG.E [R2], RZ", "EXIT")
    assert suspects(pair) == (Location(File.REGISTERS, 8), Location(File.REGISTERS, 9))
    stored = program(*address, "STG.E.64 [R2], R8", "EXIT")
    assert suspects(stored) == (Location(File.REGISTERS, 8), Location(File.REGISTERS, 9))
    clean = program(*address, "MOV R8, RZ", "IADD R10, R8, R9", "STG.E [R2], R8", "EXIT")
    assert suspects(clean) == ()


def test_each_place_is_told_once() -> None:
    notes = carried(coded(("IADD R6, R6, R9", "IADD R6, R6, R10", "IADD R6, R6, R9", STORE)))
    assert [re.search(r"reads (R\d+) ", note)[1] for note in notes] == ["R9", "R10"]  # type: ignore[index]


def test_of_long_threads_the_beginning_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "ENTRIES", 8 * THREADS)
    (note,) = carried(coded(("NOP",) * 8 + ("IADD R6, R6, R9", STORE)))
    assert note == (
        "reader: reads of registers that nobody has written are looked for in the first 8 instructions of a "
        "thread only"
    )


def test_shared_memory_that_comes_to_nothing_is_not_told() -> None:
    spare, told = "LDS R10, [R1]", "LDS R6, [R1]"
    assert carried(coded((spare, STORE), shared=1024)) == ()
    (note,) = carried(coded((spare, told, STORE), shared=1024))
    assert re.search(r'thread 0 of block 0 at 0x\w+, "LDS R6, .*", reads shared memory', note), note


def test_a_golden_run_warns_every_time_and_reads_zero(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path))
    spec = coded(READS["a register that is stored"][0])
    for _ in range(2):
        made, given = workload((spec, "in", "out"), values=np.arange(THREADS, dtype=np.int32))
        with pytest.warns(RaceWarning, match="reads R9 that nobody has written"):
            golden = Workbench(made, [given], shared=False).golden(0)
        assert golden.result["out"].tolist() == list(range(THREADS))
