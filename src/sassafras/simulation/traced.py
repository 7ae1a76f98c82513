"""Golden traces of the struck threads, and where a fault strikes in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.multiprocessor import WARP
from sassafras.emulator.alone import GoldenTurns
from sassafras.emulator.armed import Stop, executed_mask, instruction_indexes
from sassafras.emulator.launch import Launch
from sassafras.emulator.layout import REGISTER_SLOTS
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Draw, Fault, Mode, Scope
from sassafras.isa.program import Program, of_program
from sassafras.simulation.atomics import threads_hear
from sassafras.simulation.outcome import MaskedReason


@dataclass(frozen=True)
class GoldenThreads:
    """What the struck threads' block (or they alone, without barriers) did in the golden run. ``accesses``:
    log, memory has been put back. ``turns``: of one thread that is run alone although others wait for it,
    what it stores in shared memory.
    """

    threads: tuple[int, ...] | None
    traces: dict[int, NDArray[np.uint32]]
    accesses: NDArray[np.void]
    turns: GoldenTurns | None = None


def struck_threads(draw: Draw, launch: Launch) -> tuple[int, ...]:
    """The thread of the draw, or all of its warp."""
    match draw.scope:
        case Scope.THREAD:
            return (draw.thread,)
        case Scope.WARP:
            first = draw.thread - draw.thread % WARP
            return tuple(range(first, min(first + WARP, launch.threads_per_block)))
        case Scope.LANES:
            raise ValueError("which of both is not settled: `Injector.settled`")
        case _:
            assert_never(draw.scope)


def run_golden(
    machine: Machine,
    launch: Launch,
    memory: DeviceMemory,
    block: int,
    threads: Sequence[int],
    longest: int,
    *,
    whole: bool = False,
) -> GoldenThreads:
    """Run the threads (their whole block, if threads wait for each other, or ``whole``) without a fault, keep
    traces and accesses, undo. Where threads hear of those before them by atomic operations, the blocks before
    are run too.
    """
    hear = threads_hear(machine.program)
    kept = memory.data.copy() if hear else None
    if hear:
        machine.run(launch, memory, blocks=range(block))
    chosen = None if whole or hear or machine.barrier else tuple(threads)
    armed = machine.arm(launch, memory, block, chosen)
    for thread in threads:
        armed.keep_trace(thread, longest)
    stop = armed.run(longest)
    armed.undo()
    if kept is not None:
        memory.data[:] = kept
    if stop is not Stop.FINISHED:
        raise FaultNotReached(
            f"{machine.program.name}: the golden run of block {block} stopped: {armed.trap}"
        )
    traces = {thread: armed.trace(thread).copy() for thread in threads}
    return GoldenThreads(chosen, traces, armed.accesses())


def strike_points(fault: Fault, traces: dict[int, NDArray[np.uint32]]) -> dict[int, int]:
    """Thread -> dynamic instruction at which it is struck.

    In a warp, every thread is struck at the same occurrence of the same instruction, if it executes it that
    often (RF: issues it). That is the warp's lock step wherever its threads run together; where they diverge
    it is a definition.
    """
    own = fault.site.thread
    if len(traces) == 1:
        return {own: fault.site.instruction}
    occurrence = int((instruction_indexes(traces[own])[: fault.site.instruction] == fault.pc).sum())
    if fault.draw.mode is not Mode.RF:
        before = traces[own][: fault.site.instruction]
        occurrence = int(((instruction_indexes(before) == fault.pc) & executed_mask(before)).sum())
    points = {}
    for thread, trace in traces.items():
        hits = instruction_indexes(trace) == fault.pc
        if fault.draw.mode is not Mode.RF:
            hits &= executed_mask(trace)
        places = np.flatnonzero(hits)
        if occurrence < len(places):
            points[thread] = int(places[occurrence])
    return points


def register_fate(
    program: Program, trace: NDArray[np.uint32], start: int, register: int
) -> MaskedReason | None:
    """Why a register struck before dynamic instruction ``start`` cannot matter to its thread, None if it is
    read.

    Exact: the trace is what the thread does until it reads the register.
    """
    executed = executed_mask(trace)[start:]
    indexes = instruction_indexes(trace)[start:]
    reads, writes = (_first(mask[register], indexes, executed) for mask in register_uses(program))
    if reads is not None and (writes is None or reads <= writes):
        return None
    return MaskedReason.NEVER_READ if writes is None else MaskedReason.OVERWRITTEN


def _first(mask: NDArray[np.bool_], indexes: NDArray[np.int64], executed: NDArray[np.bool_]) -> int | None:
    """The first executed entry whose instruction is in the mask, None if there is none."""
    hits = mask[indexes] & executed
    first = int(hits.argmax()) if len(hits) else 0
    return first if len(hits) and hits[first] else None


@of_program
def register_uses(program: Program) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which instructions read a register, and which write it: bool (registers, instructions) each."""
    effects = [i.effects for i in program.instructions]
    return _uses([e.registers_read for e in effects]), _uses([e.registers_written for e in effects])


def _uses(used: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    mask = np.zeros((REGISTER_SLOTS, len(used)), bool)
    for index, registers in enumerate(used):
        mask[list(registers), index] = True
    return mask
