"""Whether emulated machine code and native twins leave the same bits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sassafras.emulator.layout import AccessKind
from sassafras.emulator.machine import Machine, RunResult
from sassafras.emulator.memory import DeviceMemory
from sassafras.kernels.owners import OwnerOf
from sassafras.progress import Progress
from sassafras.simulation.atomics import threads_meet
from sassafras.simulation.regions import expand, inside
from sassafras.simulation.workbench import Workbench
from sassafras.verify.check import Check, concluded
from sassafras.verify.samples import Sampling, cheapest_launches, sampled_blocks
from sassafras.workload.launches import PlannedLaunch

NAME = "twins equal machine code"
WATCHDOG = 1 << 24  #: instructions per thread; no fault-free thread of a network needs as many
PIECES = 16  #: of a launch, for host threads to take in turn


def check_twins(bench: Workbench, frame: int, sampling: Sampling) -> Check:
    """Sampled blocks of the cheapest launch of every program: under control (the armed build) for the kernels
    that a campaign strikes, by the plain build for the others.
    """
    golden = bench.golden(frame)
    failures: list[str] = []
    blocks = 0
    with_twins = [planned for planned in golden.plan if not planned.spec.observed]
    for planned in cheapest_launches(with_twins):
        golden.go_before(planned.index)
        for block in sampled_blocks(sampling.seed, planned):
            blocks += 1
            if problem := _block_problem(bench, frame, planned, block, planned.kernel in sampling.struck):
                failures.append(f"{planned.program}, launch {planned.index}, block {block}: {problem}")
    programs = len({planned.program for planned in with_twins})
    return concluded(NAME, f"{programs} kernels, {blocks} sampled blocks, bit for bit", failures)


def _block_problem(bench: Workbench, frame: int, planned: PlannedLaunch, block: int, struck: bool) -> str:
    """What is wrong, or nothing. Memory is put back."""
    owner_of = planned.spec.owner_of
    if threads_meet(bench.machine(planned.spec).program):
        return _among_all_blocks(bench, frame, planned, block)
    if struck or owner_of is None:
        return _armed_block(bench, frame, planned, block)
    return _plain_block(bench, frame, planned, block, owner_of)


def _among_all_blocks(bench: Workbench, frame: int, planned: PlannedLaunch, block: int) -> str:
    """The whole launch, this block under control: where threads meet in a word, it is no block's own."""
    golden, machine, memory = bench.golden(frame), bench.machine(planned.spec), bench.golden(frame).memory
    before, behind = range(block), range(block + 1, planned.launch.blocks)
    trap = machine.run(planned.launch, memory, limit=WATCHDOG, blocks=before).trap
    armed = machine.arm(planned.launch, memory, block)
    armed.run(WATCHDOG)
    trap = trap or armed.trap or machine.run(planned.launch, memory, limit=WATCHDOG, blocks=behind).trap
    differing = sum(int(differs.sum()) for _, differs in golden.differences(planned.index))
    golden.put_before(planned.index)
    if trap is not None:
        return f"it trapped: {trap}"
    return f"{differing} bytes differ" if differing else ""


def _armed_block(bench: Workbench, frame: int, planned: PlannedLaunch, block: int) -> str:
    """All that the block stores must be the twin's."""
    golden = bench.golden(frame)
    armed = bench.machine(planned.spec).arm(planned.launch, golden.memory, block)
    armed.run(WATCHDOG)
    log = armed.accesses()
    stores = log[log["kind"] == int(AccessKind.GLOBAL_STORE)]
    places = expand(stores["offset"], stores["nbytes"])
    found = golden.memory.data[places]
    armed.undo()
    if armed.trap is not None:
        return f"it trapped: {armed.trap}"
    if not inside(places, golden.writes[planned.index]).all():
        return "it stores where the launch does not write"
    stores = planned.spec.stores
    if len(places) == 0 and stores is not None and not stores(planned.arguments):
        return ""  # as it must on golden data
    return _compared(found, golden.golden_after(planned.index, places))


def _plain_block(bench: Workbench, frame: int, planned: PlannedLaunch, block: int, owner_of: OwnerOf) -> str:
    """The block's own words must be the twin's, all others as before."""
    golden, number = bench.golden(frame), planned.index
    result = bench.machine(planned.spec).run(
        planned.launch, golden.memory, limit=WATCHDOG, blocks=range(block, block + 1)
    )
    found = [golden.memory.data[a:b].copy() for a, b in golden.writes[number]]
    golden.put_before(number)
    if result.trap is not None:
        return f"it trapped: {result.trap}"
    expected = []
    for k, (a, b) in enumerate(golden.writes[number]):
        owners = owner_of(planned.arguments, np.arange(a, b, 4, dtype=np.int64) + bench.workload.layout.base)
        own = owners // planned.launch.threads_per_block == block
        before, after = (images[number][k].view(np.uint32) for images in (golden.before, golden.after))
        expected.append(np.where(own, after, before))
    return _compared(np.concatenate(found), np.concatenate(expected).view(np.uint8))


def _compared(found: NDArray[np.uint8], expected: NDArray[np.uint8]) -> str:
    if len(found) == 0:
        return "it stores nothing"
    differing = int((found != expected).sum())
    return f"{differing} of {len(found)} bytes differ" if differing else ""


def check_every_launch(bench: Workbench, frame: int, threads: int, progress: Progress) -> Check:
    """A whole inference by machine code beside one by twins: what each launch writes, and in the end all of
    device memory. ``threads``: host threads that share a launch by its blocks, which write different bytes.
    """
    workload = bench.workload
    emulated, native = workload.fresh_memory(shared=True), workload.fresh_memory(shared=True)
    failures: list[str] = []
    compared = 0
    for memory in (emulated, native):
        workload.load(memory, *bench.inputs[frame].arrays)
    with ThreadPoolExecutor(threads) as pool:
        for planned in workload.plan:
            trap = _emulate(bench.machine(planned.spec), planned, emulated, pool)
            planned.run(native, bench.workload.architecture)
            differing = _differing(planned, emulated, native)
            compared += sum(region.nbytes for region in planned.writes)
            if trap or differing:
                what = trap or f"{differing} bytes differ"
                failures.append(f"{planned.program}, launch {planned.index}: {what}")
            progress.advance(1)
    strays = int((emulated.data != native.data).sum())
    if strays and not failures:
        failures.append(f"{strays} bytes differ outside what launches write")
    looked_at = f"{len(workload.plan)} launches, {compared / 1e6:.1f} MB written, bit for bit"
    return concluded(NAME, looked_at, failures)


def _emulate(machine: Machine, planned: PlannedLaunch, memory: DeviceMemory, pool: ThreadPoolExecutor) -> str:
    launch = planned.launch
    machine.run(launch, memory, blocks=range(0))  # compiled before several threads ask for it

    def run(blocks: range) -> RunResult:
        return machine.run(launch, memory, limit=WATCHDOG, blocks=blocks)

    pieces = 1 if threads_meet(machine.program) else PIECES
    ends = [launch.blocks * k // pieces for k in range(pieces + 1)]
    results = list(pool.map(run, [range(a, b) for a, b in pairwise(ends) if a < b]))
    return next((f"it trapped: {result.trap}" for result in results if result.trap is not None), "")


def _differing(planned: PlannedLaunch, one: DeviceMemory, two: DeviceMemory) -> int:
    """Bytes that differ where the launch writes."""
    return sum(
        int((one.at(r.address, r.nbytes) != two.at(r.address, r.nbytes)).sum()) for r in planned.writes
    )
