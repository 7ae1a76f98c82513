"""How much LLVM does to which build, and which builds are compiled at all."""

from __future__ import annotations

import numpy as np
import pytest
from tests.emulator.bench import program

from sassafras.emulator.effort import effort
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.emulator.vector.choice import LARGE, MOST_INSTRUCTIONS, Form
from sassafras.kernels.programs import load_program
from sassafras.native import Passes

BRANCHING = (
    "S2R R0, SR_TID.X",
    "ISETP.LT.AND P0, PT, R0, 0x5, PT",
    "MOV R2, c[0x0][0x140]",
    "MOV R3, c[0x0][0x144]",
    "@P0 BRA `(.L_x)",
    "LDG.E R4, [R2]",
    "ISETP.NE.AND P1, PT, R4, RZ, PT",
    "@P1 EXIT",
    ".L_x:",
    "EXIT",
)


def launched(blocks: int, threads: int) -> tuple[Launch, DeviceMemory]:
    memory = DeviceMemory(lay_out([("words", 64)]))
    place = memory.layout["words"].address
    return Launch((blocks, 1, 1), (threads, 1, 1), place.to_bytes(8, "little").ljust(256, b"\0")), memory


def test_what_is_small_or_large_is_compiled_the_short_way() -> None:
    gemm, atomic = load_program("gemm"), program("RED.E.ADD [R2], R4", "EXIT")
    large, longest = (program(*["MOV R4, R5"] * n, "EXIT") for n in (LARGE, MOST_INSTRUCTIONS))
    assert effort("plain", gemm) == effort("plain", large) == (2, Passes.ALL)
    assert effort("profile", gemm) == effort("profile", large) == (1, Passes.BRIEFEST)
    assert effort("profile", atomic) == effort("profile", longest) == (2, Passes.ALL), "never run wide"
    assert effort("armed", gemm) == (1, Passes.ALL)
    assert effort("armed", large) == (1, Passes.BRIEFEST)
    jumps = program("BRX R4 -0x10", "BRX R4 -0x18", "EXIT")
    assert effort("plain", jumps) == (0, Passes.ALL)


def test_a_profile_that_is_run_wide_compiles_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(program(*BRANCHING), Form.WIDE)
    expected = Machine(program(*BRANCHING), Form.THREADS).profile(*launched(3, 70))
    monkeypatch.setattr(Machine, "_run_profiling", property(lambda _: pytest.fail("compiled")))
    found = machine.profile(*launched(3, 70))
    assert found.equals(expected)
    assert np.bincount(found.thread_class).tolist() in ([15, 195], [195, 15])


def test_a_small_launch_is_profiled_by_what_is_compiled_already(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(program(*BRANCHING))
    assert machine.form_for(70) is Form.THREADS
    expected = machine.profile(*launched(1, 70))
    assert machine._wide_profiling is not None
    monkeypatch.setattr(Machine, "_run_profiling", property(lambda _: pytest.fail("run thread by thread")))
    assert machine.profile(*launched(1, 70)).equals(expected)
    chosen = Machine(machine.program, Form.THREADS)
    assert chosen._wide_profiling is not None
    with pytest.raises(pytest.fail.Exception):
        chosen.profile(*launched(1, 70))
