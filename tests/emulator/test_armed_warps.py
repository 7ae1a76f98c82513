"""A lane of a warp in lock step under control: what it is made to give, its neighbours take."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.emulator.warp_kernels import CASES, compiled, program

from sassafras.emulator.armed import ArmedBlock, Stop, executed_mask, instruction_indexes
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import machine_of
from sassafras.emulator.memory import DeviceMemory

LIMIT = 1 << 16


def armed_block(kernel: str) -> tuple[ArmedBlock, Launch, DeviceMemory]:
    launch, memory = CASES[kernel].build()
    return machine_of(program(kernel)).arm(launch, memory, 0), launch, memory


def place_of(kernel: str, thread: int, opcode: str, which: int = 0) -> int:
    """Dynamic instruction at which a thread issues an opcode for the ``which``-th time."""
    block, _, _ = armed_block(kernel)
    block.keep_trace(thread, LIMIT)
    block.run(LIMIT)
    trace = block.trace(thread)
    instructions = program(kernel).instructions
    places = [k for k, i in enumerate(instruction_indexes(trace)) if instructions[i].opcode == opcode]
    assert executed_mask(trace)[places].all()
    return places[which]


def butterfly(x: NDArray[np.float32], stages: tuple[int, ...]) -> NDArray[np.float32]:
    for k in stages:
        x = x + x[np.arange(32) ^ k]
    return x


STAGES = (16, 8, 4, 2, 1)


@pytest.mark.parametrize("stage", range(5))
@pytest.mark.parametrize("lane", [0, 13, 31])
@pytest.mark.parametrize("after", [False, True])
def test_a_struck_lane_changes_what_its_neighbours_read(stage: int, lane: int, after: bool) -> None:
    """The source before a shuffle, or its result behind it: the others take the one and not the other."""
    count = place_of("butterfly", lane, "SHFL", stage)
    block, _, memory = armed_block("butterfly")
    x = butterfly(CASES["butterfly"].inputs[0][:32], STAGES[:stage])
    assert block.run_until(lane, count) is Stop.REACHED
    shuffle = program("butterfly").instructions[block.pc(lane)]
    assert shuffle.opcode == "SHFL"
    if after:
        assert block.step(lane) is Stop.REACHED
        (struck,) = shuffle.effects.registers_written
        assert block.registers(lane)[struck] == x.view(np.uint32)[lane ^ STAGES[stage]]
    else:
        (struck,) = shuffle.effects.registers_read
        assert block.registers(lane)[struck] == x.view(np.uint32)[lane]
    block.registers(lane)[struck : struck + 1].view(np.float32)[0] = 12345.0
    assert block.run(LIMIT) is Stop.FINISHED
    if after:
        taken = x[np.arange(32) ^ STAGES[stage]]
        taken[lane] = 12345.0
        x = x + taken
    else:
        x = x.copy()
        x[lane] = 12345.0
        x = x + x[np.arange(32) ^ STAGES[stage]]
    x = butterfly(x, STAGES[stage + 1 :])
    found = memory.array(memory.layout["a1"].address, 32)
    np.testing.assert_array_equal(found.view(np.uint32), x.view(np.uint32))


def test_all_lanes_are_struck_behind_the_instruction_that_they_issue_together() -> None:
    """Each is stopped before it, steps over it and is changed; what one takes is what the others gave."""
    count = place_of("butterfly", 0, "SHFL")
    block, _, memory = armed_block("butterfly")
    pending, order = dict.fromkeys(range(32), count), []
    shuffle = None
    while pending:
        stop, lane = block.run_to(pending, LIMIT)
        assert stop is Stop.REACHED and lane is not None
        del pending[lane]
        order.append(lane)
        shuffle = program("butterfly").instructions[block.pc(lane)]
        assert block.issued(lane) == count
        block.step(lane)
        assert block.issued(lane) == count + 1
        block.registers(lane)[shuffle.effects.registers_written[0]] = 0
    assert order == list(range(32))
    assert block.run(LIMIT) is Stop.FINISHED
    x = butterfly(CASES["butterfly"].inputs[0][:32], STAGES[1:])
    np.testing.assert_array_equal(memory.array(memory.layout["a1"].address, 32), x)


def test_a_struck_vote_changes_one_lane_and_a_struck_predicate_all() -> None:
    """In ``compact`` each positive value goes where the ballot says."""
    count = place_of("compact", 5, "VOTE")
    values = CASES["compact"].inputs[0][:32]
    for after in (False, True):
        block, _, memory = armed_block("compact")
        block.run_until(5, count)
        vote = program("compact").instructions[block.pc(5)]
        mask = vote.effects.registers_written[0]
        if after:
            block.step(5)
            block.registers(5)[mask] = 0
        else:
            block.predicates(5)[vote.effects.predicates_read[0]] ^= 1
        block.run(LIMIT)
        counts = memory.array(memory.layout["a2"].address, 1, np.uint32)
        assert counts[0] == (values > 0).sum() + (0 if after else 1 - 2 * (values[5] > 0))


def test_a_lane_does_not_run_alone() -> None:
    launch, memory = CASES["butterfly"].build()
    machine = machine_of(program("butterfly"))
    with pytest.raises(ValueError, match="run together"):
        machine.arm(launch, memory, 0, (0,))
    alone = machine_of(program("last_warp"))
    with pytest.raises(ValueError, match="run together"):
        alone.arm(*CASES["last_warp"].build(), 0, (0, 1))


def test_the_watchdog_is_exact() -> None:
    """The longest lane hangs at one instruction less than it needs, before a shuffle too."""
    for kernel in ("butterfly", "divergent", "producer"):
        machine = machine_of(program(kernel))
        launch, memory = CASES[kernel].build()
        longest = machine.run(launch, memory).longest
        for less in (0, 1, longest // 2):
            launch, memory = CASES[kernel].build()
            trap = machine.run(launch, memory, limit=longest - less).trap
            launch, memory = CASES[kernel].build()
            blocks = (machine.arm(launch, memory, block) for block in range(launch.blocks))
            traps = [block.trap for block in blocks if block.run(longest - less) is Stop.TRAPPED]
            assert (trap is None) == (less == 0)
            assert (traps[0] if traps else None) == trap


def test_without_lock_step_the_last_warp_is_wrong() -> None:
    """What this is all about: thread after thread, a sum of 64 ones is not 64."""
    launch, memory = CASES["last_warp"].build()
    machine_of(compiled("last_warp")).run(launch, memory)
    assert memory.array(memory.layout["a1"].address, 1, np.int32)[0] != 64


@cache
def golden(kernel: str) -> NDArray[np.uint8]:
    launch, memory = CASES[kernel].build()
    machine_of(program(kernel)).run(launch, memory)
    return memory.data


@settings(max_examples=12, deadline=None)
@given(st.data())
@pytest.mark.parametrize("kernel", ["divergent", "aggregated", "producer"])
def test_stopping_and_stepping_anywhere_changes_nothing(kernel: str, data: st.DataObject) -> None:
    block, launch, memory = armed_block(kernel)

    def draw(sides: int) -> int:
        return data.draw(st.integers(0, sides - 1))

    for _ in range(draw(4) + 1):
        thread = draw(launch.threads_per_block)
        count = block.issued(thread) + draw(40)
        if block.run_until(thread, count, LIMIT) is not Stop.REACHED:
            break
        for _ in range(draw(4)):
            if block._states["status"][thread] != 0:
                break
            before = block.issued(thread)
            block.step(thread)
            assert block.issued(thread) == before + 1
    assert block.trap is None
    assert block.run(LIMIT) is Stop.FINISHED
    for other in range(1, launch.blocks):
        machine_of(program(kernel)).arm(launch, memory, other).run(LIMIT)
    np.testing.assert_array_equal(memory.data, golden(kernel))
