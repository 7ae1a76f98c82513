"""Several threads add to one word: a fault in one of them leaves the others' sums (DESIGN section 6).
The quick way of a faulty launch must leave what the launch emulated in full does.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulator.bench import program

from sassafras.architectures.registry import architecture
from sassafras.emulator.launch import Dim
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.faults.model import (
    Corruption,
    Draw,
    Fault,
    FaultModel,
    Mode,
    Operation,
    Scope,
    Site,
    Target,
    TargetKind,
)  # fmt: skip
from sassafras.kernels.arguments import Arguments
from sassafras.kernels.kernel import Kernel, ParameterType, Region
from sassafras.network.network import Network
from sassafras.simulation.faulty_launch import FaultyLaunch
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.struck_launch import LaunchEffect
from sassafras.simulation.traced import run_golden
from sassafras.workload.launches import PlannedLaunch

BLOCKS, THREADS = 2, 4
COUNT = BLOCKS * THREADS
LINES = (
    "S2R R0, SR_CTAID.X",
    "S2R R1, SR_TID.X",
    "SHL R0, R0, 0x2",
    "IADD R0, R0, R1",
    "SHL R0, R0, 0x2",
    "IADD R2.CC, R0, c[0x0][0x140]",
    "IADD.X R3, RZ, c[0x0][0x144]",
    "LDG.E R4, [R2]",
    "MOV R6, c[0x0][0x148]",
    "MOV R7, c[0x0][0x14c]",
    "RED.E.ADD [R6], R4",  # sums[0] += in[t]
    "IADD R8.CC, R0, c[0x0][0x150]",
    "IADD.X R9, RZ, c[0x0][0x154]",
    "STG.E [R8], R4",  # out[t] = in[t]
    "EXIT",
)
RED_AT = 10
NAMES = ("values", "sums", "out")


@pytest.fixture(scope="module")
def compiled() -> Machine:
    return Machine(program(*LINES, registers=10, parameters=24))


def geometry(_: Arguments) -> tuple[Dim, Dim]:
    return (BLOCKS, 1, 1), (THREADS, 1, 1)


def twin(memory: DeviceMemory, given: Arguments) -> None:
    values = memory.array(int(given["values"]), COUNT, np.uint32)
    memory.array(int(given["sums"]), 1, np.uint32)[0] += values.sum(dtype=np.uint32)
    memory.array(int(given["out"]), COUNT, np.uint32)[:] = values


ADDING = Kernel(
    "bench",
    tuple((name, ParameterType.POINTER) for name in NAMES),
    geometry,
    lambda given: (Region(int(given["values"]), 4 * COUNT), Region(int(given["sums"]), 16)),
    lambda given: (Region(int(given["sums"]), 16), Region(int(given["out"]), 4 * COUNT)),
    overwrites=False,
    twin=twin,
    owner_of=lambda given, places: np.clip((places - int(given["out"])) // 4, 0, COUNT - 1),
)


def golden_run() -> GoldenRun:
    """Values 1, 2, 4 ... and sums 1000, 0, 0, 70."""
    memory = DeviceMemory(lay_out([("values", 4 * COUNT), ("sums", 16), ("out", 4 * COUNT)]))
    arguments = {name: memory.layout[name].address for name in NAMES}
    memory.array(arguments["values"], COUNT, np.uint32)[:] = 1 << np.arange(COUNT)
    memory.array(arguments["sums"], 4, np.uint32)[:] = [1000, 0, 0, 70]
    planned = PlannedLaunch.of(0, "bench", 0, 0, arguments, ADDING)

    def load(_: DeviceMemory, *__: NDArray[np.float32]) -> None:
        pass

    def result(of: DeviceMemory) -> NDArray[np.float32]:
        return of.array(arguments["out"], COUNT)

    network = SimpleNamespace(
        plan=(planned,),
        architecture=architecture("sm_50"),
        alarms=None,
        load=load,
        result=result,
    )
    return GoldenRun(cast("Network", network), memory, (np.empty(0, np.float32),))


def run(
    compiled: Machine, mode: Mode, at: int, thread: int, target: Target, mask: int, *, in_full: bool
) -> tuple[LaunchEffect, NDArray[np.uint32]]:
    """The effect of a flip, and the four sums that it leaves."""
    golden = golden_run()
    planned, memory = golden.plan[0], golden.memory
    block, inside = divmod(thread, THREADS)
    threads = run_golden(compiled, planned.launch, memory, block, (inside,), len(LINES))
    draw = Draw(
        0, mode, FaultModel.SINGLE_BIT, Scope.THREAD, 0, 0, block, inside, ordinal=0,
        target_word=0, bit_word=0, value_word=0, longest=len(LINES),
    )  # fmt: skip
    change = Corruption(Operation.FLIP, mask, target.bits)
    fault = Fault(draw, Site(0, 0, block, inside, at), at, target, change)
    before = memory.data.copy()
    launch = FaultyLaunch(golden, compiled, fault, {inside: at}, threads, 10)
    effect = launch.run(in_full=in_full)
    assert (memory.data == before).all()
    golden.put_after(0)
    memory.data[effect.difference.offsets] = effect.difference.contents
    return effect, memory.array(int(planned.arguments["sums"]), 4, np.uint32).copy()


OPERAND = Target(TargetKind.STORE_VALUE, 0, 32)
ADDRESS = Target(TargetKind.STORE_ADDRESS, 0, 64)
VALUE = Target(TargetKind.REGISTER, 4, 32)
TOTAL = 1000 + (1 << COUNT) - 1


@pytest.mark.parametrize("thread", [0, 3, 5, COUNT - 1])
@pytest.mark.parametrize("in_full", [False, True], ids=["quick", "full"])
def test_the_sums_of_the_others_stay(compiled: Machine, thread: int, in_full: bool) -> None:
    own = 1 << thread
    for mode, target, mask, wanted in (
        (Mode.IOV, OPERAND, 1 << 20, [TOTAL + (1 << 20), 0, 0, 70]),
        (Mode.IOV, OPERAND, own, [TOTAL - own, 0, 0, 70]),
        (Mode.RF, VALUE, 1 << 20, [TOTAL + (1 << 20), 0, 0, 70]),
        (Mode.IOA, ADDRESS, 4, [TOTAL - own, own, 0, 70]),
        (Mode.IOA, ADDRESS, 12, [TOTAL - own, 0, 0, 70 + own]),
    ):
        effect, sums = run(compiled, mode, RED_AT, thread, target, mask, in_full=in_full)
        assert effect.trap is None
        assert sums.tolist() == wanted, (mode, target, mask)


def test_quick_and_full_agree_wherever_a_register_is_struck(compiled: Machine) -> None:
    """Whatever the fault does to the addresses and values of all that the thread does."""
    for at in range(len(LINES)):
        for register in (0, 2, 3, 4, 6, 7, 8):
            for bit in (2, 4, 31):
                struck = Target(TargetKind.REGISTER, register, 32)
                quick, full = (
                    run(compiled, Mode.RF, at, 3, struck, 1 << bit, in_full=way)[0] for way in (False, True)
                )
                assert quick.trap == full.trap
                assert quick.difference.offsets.tolist() == full.difference.offsets.tolist()
                assert quick.difference.contents.tolist() == full.difference.contents.tolist()


def test_a_fault_that_changes_nothing_leaves_nothing(compiled: Machine) -> None:
    for at, mode, target in ((RED_AT, Mode.IOV, OPERAND), (3, Mode.RF, VALUE)):
        effect, sums = run(compiled, mode, at, 2, target, 0, in_full=False)
        assert len(effect.difference.offsets) == 0
        assert sums.tolist() == [TOTAL, 0, 0, 70]
