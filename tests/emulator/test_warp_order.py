"""The order of lanes: random programs, in every build, against a reference by single instructions."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from tests.emulator.bench import machine, program
from tests.emulator.warp_programs import DATA, SHARED, Writer
from tests.emulator.warp_reference import Block

from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.program import Program

BASE = lay_out([("out", 1 << 12)]).base


def reference(made: Program, threads: int) -> tuple[list[list[int]], list[int]]:
    """What each thread stores (-1: nothing), and how many instructions it issues."""
    memory: dict[int, int] = {}
    block = Block(made, threads, SHARED, memory)
    block.run()
    stored = [[memory.get(32 * t + 4 * k, -1) for k in range(DATA)] for t in range(threads)]
    return stored, [lane.issued for lane in block.lanes]


def check(seed: int) -> None:
    threads = (64, 40, 17, 32)[seed % 4]
    lines = Writer(seed).program()
    zero = [line.replace("c[0x0][0x140]", "RZ").replace("c[0x0][0x144]", "RZ") for line in lines]
    stored, issued = reference(program(*zero, shared=SHARED), threads)
    compiled = machine(*lines, shared=SHARED)
    compiled = Machine(compiled.program.in_lock_step)
    area = struct.pack("<Q", BASE).ljust(256, b"\0")
    launch = Launch((1, 1, 1), (threads, 1, 1), area)
    for armed in (False, True):
        memory = DeviceMemory(lay_out([("out", 1 << 12)]))
        memory.data[:] = 0xFF
        if armed:
            block = compiled.arm(launch, memory, 0)
            assert block.run(1 << 20) is Stop.FINISHED
            assert [block.issued(t) for t in range(threads)] == issued
        else:
            ran = compiled.run(launch, memory)
            assert ran.trap is None
            assert (ran.instructions, ran.longest) == (sum(issued), max(issued))
        found = memory.array(BASE, 8 * threads, np.uint32).reshape(threads, 8)[:, :DATA]
        wanted = np.array(stored, np.int64).astype(np.uint32)
        np.testing.assert_array_equal(found, wanted, f"seed {seed}")


@pytest.mark.alike(3)
@pytest.mark.parametrize("seed", range(12))
def test_random_programs(seed: int) -> None:
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 900))
def test_many_random_programs(seed: int) -> None:
    check(seed)
