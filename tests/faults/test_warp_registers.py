"""Faults in registers and predicates of a warp: a site counts once for the warp, and all its lanes see it."""

from __future__ import annotations

import struct
from functools import cache

import numpy as np
import pytest
from tests.emulator.turing.bench import listing

from sassafras.architectures.registry import architecture, program_of
from sassafras.emulator.armed import ArmedBlock, Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.faults.model import DRAWN_MODELS, Fault, FaultModel, Mode, Scope, TargetKind
from sassafras.faults.population import Population, ProfiledLaunch, draw_fault, draw_faults
from sassafras.faults.resolve import resolve
from sassafras.faults.targets import Selection, targets
from sassafras.isa.groups import Group
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter
from sassafras.simulation.strike import strike_all
from sassafras.simulation.traced import strike_points, struck_threads

THREADS, GONE = 96, 40  #: threads of the block, and those of them that end early: all of a warp, and a part
LINES = (
    *("S2R R0, SR_TID.X", "ULDC UR4, c[0x0][0x168]", "MOV R2, c[0x0][0x160]", "MOV R3, c[0x0][0x164]"),
    *(f"ISETP.GE.AND P0, PT, R0, {GONE:#x}, PT", "@!P0 EXIT", "UIADD3 UR5, UR4, 0x3, URZ"),
    *("UISETP.NE.AND UP1, UPT, UR5, 0x5, UPT", "USEL UR6, UR5, URZ, UP1", "MOV R4, UR6"),
    *("IMAD.WIDE R2, R0, 0x4, R2", "STG.E [R2.64], R4", "EXIT"),
)
ALL = Selection(Mode.IOV, FaultModel.SINGLE_BIT)
OF_WARP = Selection(Mode.IOV, FaultModel.SINGLE_BIT, frozenset({Group.UNIFORM}))


VOTING = (
    *("S2R R0, SR_TID.X", "MOV R2, c[0x0][0x160]", "MOV R3, c[0x0][0x164]", "IMAD.WIDE R2, R0, 0x4, R2"),
    *("VOTEU.ANY UR4, UPT, PT", "MOV R4, UR4", "STG.E [R2.64], R4", "EXIT"),
)  #: in lock step


@cache
def bench(lines: tuple[str, ...] = LINES) -> tuple[Machine, Launch, DeviceMemory, ProfiledLaunch]:
    metadata = KernelMetadata("k", "sm_80", 16, 0, 0x160, (Parameter(0, 0, 8), Parameter(1, 8, 4)))
    machine = Machine(program_of(listing(lines), metadata))
    memory = DeviceMemory(lay_out([("out", 4 * THREADS)], architecture("sm_80").allocation_rules()))
    launch = Launch((2, 1, 1), (THREADS, 1, 1), struct.pack("<QI", memory.layout["out"].address, 2))
    profile = machine.profile(launch, memory)
    return machine, launch, memory, ProfiledLaunch(0, 0, machine.program, THREADS, profile)


def armed(fault: Fault, lines: tuple[str, ...] = LINES) -> tuple[ArmedBlock, dict[int, int]]:
    """A block before it runs, and where its threads are struck."""
    machine, launch, memory, _ = bench(lines)
    golden = machine.arm(launch, memory, fault.site.block)
    threads = struck_threads(fault.draw, launch)
    for thread in threads:
        golden.keep_trace(thread, 100)
    assert golden.run(100) is Stop.FINISHED
    traces = {thread: golden.trace(thread).copy() for thread in threads}
    golden.undo()
    return machine.arm(launch, memory, fault.site.block), strike_points(fault, traces)


def fault_of(site: int, selection: Selection, number: int = 0, lines: tuple[str, ...] = LINES) -> Fault:
    """The fault at a site, its target and bit drawn."""
    machine, launch, memory, item = bench(lines)
    populations = {FaultModel.SINGLE_BIT: Population([item], selection)}
    place = populations[FaultModel.SINGLE_BIT].locate(site)
    draw = draw_fault(3, selection.mode, number, [FaultModel.SINGLE_BIT], Scope.THREAD, populations)
    block, thread = divmod(place.thread, THREADS)
    scope = Scope.WARP if place.of_warp else Scope.THREAD
    fields = {"scope": scope, "block": block, "thread": thread, "ordinal": place.ordinal}
    draw = type(draw)(**{**vars(draw), **fields})
    run = machine.arm(launch, memory, block)
    run.keep_trace(thread, 100)
    assert run.run(100) is Stop.FINISHED
    trace = run.trace(thread).copy()
    run.undo()
    return resolve(draw, selection, machine.program, trace)


def test_a_site_of_the_warp_counts_once() -> None:
    item = bench()[3]
    # Of each block: ULDC in three warps, the other three in the two warps that go on.
    assert Population([item], OF_WARP).total == 2 * (3 + 3 * 2)
    own = sum(bool(targets(i, ALL)) for i in item.program.instructions if not i.effects.uniform_written)
    early = 4  # S2R, two MOV, ISETP
    everything = Population([item], ALL)
    assert everything.total == 2 * (9 + early * GONE + own * (THREADS - GONE))
    located = [everything.locate(site) for site in range(everything.total)]
    assert len({(one.thread, one.ordinal) for one in located}) == everything.total
    leaders = {one.thread % THREADS for one in located if one.of_warp}
    assert leaders == {0, 40, 64}, "the thread of each warp that goes furthest, the lowest of these"
    assert sum(one.of_warp for one in located) == 18


@pytest.mark.parametrize("selection", [OF_WARP, Selection(Mode.IOA, FaultModel.SINGLE_BIT, OF_WARP.groups)])
def test_every_lane_of_the_warp_is_struck(selection: Selection) -> None:
    _, _, memory, item = bench()
    seen = set()
    for site in range(Population([item], selection).total):
        fault = fault_of(site, selection, site)
        assert fault.draw.scope is Scope.WARP and fault.target.kind.of_warp
        block, pending = armed(fault)
        lanes = sorted(pending)
        first = fault.site.thread - fault.site.thread % 32
        wanted = range(first, first + 32)
        pc = fault.pc
        assert lanes == [t for t in wanted if t >= GONE or pc < 6]
        found = strike_all(block, fault, pending, 1000, memory.layout.base)
        assert not pending and len(set(found.values())) == 1
        before, after = next(iter(found.values()))
        assert before != after
        if fault.target.kind is TargetKind.UNIFORM_REGISTER:
            assert {int(block.uniform(t)[fault.target.index]) for t in lanes} == {after}
        elif fault.target.kind is TargetKind.UNIFORM_PREDICATE:
            assert {int(block.uniform_predicates(t)[fault.target.index]) for t in lanes} == {after}
        elif after < 63:
            assert int(block.uniform(lanes[-1])[after]) == {1: 2, 6: 5}.get(pc, 0), "the others have gone on"
        assert block.run(1000) is Stop.FINISHED
        seen.add(fault.target.kind)
        block.undo()
    kinds = {TargetKind.UNIFORM_REGISTER, TargetKind.UNIFORM_PREDICATE}
    assert seen == (kinds if selection.mode is Mode.IOV else {TargetKind.UNIFORM_INDEX})


def test_in_lock_step_too() -> None:
    _, _, memory, item = bench(VOTING)
    assert item.program.is_warp_synchronous
    assert Population([item], OF_WARP).total == 2 * 3
    fault = fault_of(1, OF_WARP, 4, VOTING)
    block, pending = armed(fault, VOTING)
    found = strike_all(block, fault, pending, 1000, memory.layout.base)
    assert block.run(1000) is Stop.FINISHED
    ((before, after),) = set(found.values())
    assert before == 0xFFFFFFFF != after
    out = memory.array(memory.layout["out"].address, THREADS, np.uint32).tolist()
    wanted = [after if thread in found else before for thread in range(THREADS)]
    assert out == wanted and len(found) == 32
    block.undo()


def test_draws_of_the_warp_say_so_and_many_are_drawn_as_one_by_one() -> None:
    item = bench()[3]
    models = list(DRAWN_MODELS)
    populations = {model: Population([item], Selection(Mode.IOV, model)) for model in models}
    drawn = draw_faults(5, Mode.IOV, range(2000), models, Scope.THREAD, populations)
    assert drawn[:300] == [draw_fault(5, Mode.IOV, k, models, Scope.THREAD, populations) for k in range(300)]
    shares = {model: np.mean([d.scope is Scope.WARP for d in drawn if d.model is model]) for model in models}
    for model, population in populations.items():
        places = [population.locate(site).of_warp for site in range(population.total)]
        assert abs(shares[model] - np.mean(places)) < 0.05


def test_the_register_file_has_no_registers_of_the_warp() -> None:
    item = bench()[3]
    population = Population([item], Selection(Mode.RF, FaultModel.SINGLE_BIT))
    assert not any(population.locate(site).of_warp for site in range(population.total))
    assert population.total == int((item.profile.threads_per_class @ item.profile.issued).sum())
