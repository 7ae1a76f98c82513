"""Why a fault survived its kernel's protection: where its corruption went along the golden trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sassafras.analysis.critical import PLAIN, Criticality
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.faults.model import Mode, TargetKind
from sassafras.hardening.plan import Protection
from sassafras.hardening.workload import HardenedWorkload
from sassafras.isa.locations import File, Location
from sassafras.isa.opcodes.modifiers import TABLE
from sassafras.isa.operands import RZ, Immediate
from sassafras.isa.program import Instruction, Program
from sassafras.kernels.hardened.adding import CHECKED
from sassafras.simulation.golden_threads import golden_threads
from sassafras.simulation.workbench import Workbench

MAJORITY = 0xE8  #: LOP3's table of the bitwise majority
UNEQUAL = 0x7E  #: LOP3's table of "not all three the same"


class Reason(StrEnum):
    """Where a surviving fault got past the protection, the first that holds."""

    STORE_ADDRESS = "store address"  #: the address of a store itself was struck
    STORED_WORD = "stored word"  #: the word was struck as it was stored
    VOTE = "vote"  #: the result of a vote was struck
    AFTER_VOTE = "after the vote"  #: something between vote and store was struck
    GUARD = "guard or branch"  #: it decided what was executed
    TWO_COPIES = "in two copies"  #: it reached a vote from more than one copy
    ADDRESS = "into a store's address"  #: it reached the address of a store past every vote
    VALUE = "into a stored word"  #: it reached a stored word past every vote
    UNNOTICED = "below the checksum's tolerance"  #: no address was hit, and no column of results was flagged
    ONE_COPY = "one copy"  #: by the trace it stays in one copy: the faulty run left the golden path


@dataclass(frozen=True)
class Survivor:
    """A fault of a protected kernel that still was critical."""

    view: str
    id: int
    mode: str
    model: str
    kernel: str
    launch: int
    block: int
    thread: int
    instruction: int
    offset: int
    sass: str
    target: str
    ending: str
    reason: Reason


def survivors(
    view: str,
    injections: pd.DataFrame,
    kernels: tuple[str, ...],
    bench: Workbench,
    longest: Callable[[int, int], int],
    critical: Criticality = PLAIN,
) -> list[Survivor]:
    """The survivors among injections into a hardened network, each with its reason.

    ``bench``: of that network; ``longest``: (frame, launch) to dynamic instructions of the longest thread.
    """
    rows = injections[critical.rows(injections) & injections["kernel"].isin(kernels)]
    protection = bench.workload.protection if isinstance(bench.workload, HardenedWorkload) else Protection()
    checked = [slot[0] for slot in protection.chosen if slot in CHECKED]
    found = []
    for row in rows.sort_values(["frame", "launch", "id"]).to_dict("records"):
        golden = bench.golden(int(row["frame"]))
        number, thread = int(row["launch"]), int(row["thread"])
        golden.go_before(number)
        planned = golden.plan[number]
        machine = bench.machine(planned.spec)
        steps = longest(int(row["frame"]), number)
        run = golden_threads(golden, machine, number, int(row["block"]), (thread,), steps)
        reason = explain(
            machine.program,
            run.traces[thread],
            int(row["instruction"]),
            Mode(row["mode"]),
            TargetKind(row["target"]),
            int(row["target_index"]),
            None if row["after"] is None else int(str(row["after"]), 16),
        )
        if planned.kernel in checked and reason not in (Reason.STORE_ADDRESS, Reason.ADDRESS):
            reason = Reason.UNNOTICED
        found.append(_survivor(view, {str(k): v for k, v in row.items()}, reason))
    return found


def _survivor(view: str, row: dict[str, object], reason: Reason) -> Survivor:
    number = {n: int(str(row[n])) for n in ("id", "launch", "block", "thread", "instruction", "offset")}
    return Survivor(
        view=view,
        mode=str(row["mode"]),
        model=str(row["model"]),
        kernel=str(row["kernel"]),
        sass=str(row["sass"]),
        target=str(row["target"]),
        ending=str(row["severity"]),
        reason=reason,
        **number,
    )


def is_vote(instruction: Instruction) -> bool:
    """Whether an instruction is a bitwise majority vote of three registers."""
    return _has_table(instruction, MAJORITY)


def is_comparison(instruction: Instruction) -> bool:
    """Whether an instruction compares a vote with two of the copies."""
    return _has_table(instruction, UNEQUAL)


def _has_table(instruction: Instruction, table: int) -> bool:
    found = [o for o in instruction.operands if isinstance(o, Immediate)]
    return instruction.fields.get(TABLE) is not None and len(found) == 1 and found[0].bits == table


_FILES = {
    TargetKind.UNIFORM_REGISTER: File.UNIFORM,
    TargetKind.UNIFORM_INDEX: File.UNIFORM,
    TargetKind.UNIFORM_PREDICATE: File.UNIFORM_PREDICATES,
}


def explain(
    program: Program,
    trace: NDArray[np.uint32],
    start: int,
    mode: Mode,
    kind: TargetKind,
    index: int,
    after: int | None,
) -> Reason:
    """Follow what was struck at dynamic instruction ``start`` along the golden trace of its thread."""
    indexes, executed = instruction_indexes(trace), executed_mask(trace)
    struck = program.instructions[int(indexes[start])]
    if kind is TargetKind.STORE_ADDRESS:
        return Reason.STORE_ADDRESS
    if kind is TargetKind.STORE_VALUE:
        return Reason.STORED_WORD
    if mode is not Mode.RF and is_vote(struck):
        return Reason.VOTE
    taint = _Taint()
    if kind.of_warp:
        numbers = {index, after} if kind is TargetKind.UNIFORM_INDEX else {index}
        taint.of_warp |= {Location(_FILES[kind], number) for number in numbers if number is not None}
    elif kind is TargetKind.PREDICATE:
        taint.predicates.add(index)
    elif kind is TargetKind.CONDITION_CODE:
        taint.codes = True
    else:
        taint.registers.add(index)
        if kind is TargetKind.REGISTER_INDEX and after is not None and after != RZ:
            taint.registers.add(after)
    voted = _voted_registers(program, indexes, executed, start)
    past_vote = mode is Mode.RF and index in voted
    for step in range(start if mode is Mode.RF else start + 1, len(indexes)):
        taint.follow(program.instructions[int(indexes[step])], executed=bool(executed[step]))
        if taint.noticed:
            break
    return _reason(taint, past_vote=past_vote)


def _voted_registers(
    program: Program, indexes: NDArray[np.int64], executed: NDArray[np.bool_], start: int
) -> set[int]:
    """Registers that hold the result of a vote at ``start``."""
    held: set[int] = set()
    for step in range(start):
        if executed[step]:
            instruction = program.instructions[int(indexes[step])]
            written = set(instruction.effects.registers_written)
            held = held | written if is_vote(instruction) else held - written
    return held


def _reason(taint: _Taint, *, past_vote: bool) -> Reason:
    if past_vote and (taint.address or taint.value or taint.guard):
        return Reason.AFTER_VOTE
    if taint.several:
        return Reason.TWO_COPIES
    for reached, reason in (
        (taint.address, Reason.ADDRESS),
        (taint.value, Reason.VALUE),
        (taint.guard, Reason.GUARD),
    ):
        if reached:
            return reason
    return Reason.ONE_COPY


@dataclass
class _Taint:
    """What is corrupted, and what it has reached. A vote with one corrupted input gives a clean result. Where
    it is ``noticed`` (a comparison reads something corrupted) the faulty run leaves the golden path.
    """

    registers: set[int] = field(default_factory=set)
    predicates: set[int] = field(default_factory=set)
    of_warp: set[Location] = field(default_factory=set)
    codes: bool = False
    address: bool = False
    value: bool = False
    guard: bool = False
    several: bool = False
    noticed: bool = False

    def follow(self, instruction: Instruction, *, executed: bool) -> None:
        """One instruction of the trace."""
        guard = instruction.guard
        if guard is not None and not instruction.effects.guarded_by.isdisjoint(self._guards()):
            self.guard = True
        if not executed:
            return
        effects = instruction.effects
        if is_vote(instruction):
            dirty = [r for r in effects.registers_read if r in self.registers]
            self.several |= len(dirty) > 1
            reads = len(dirty) > 1
        else:
            reads = self._reads(instruction)
        self.noticed |= is_comparison(instruction) and reads
        if effects.is_store and reads:
            self._store(instruction)
        if instruction.flow.leaves and reads:
            self.guard = True
        self._write(instruction, dirty=reads)

    def _guards(self) -> set[Location]:
        """Corrupted predicates, the thread's and the warp's."""
        return {Location(File.PREDICATES, number) for number in self.predicates} | self.of_warp

    def _reads(self, instruction: Instruction) -> bool:
        """Whether what it computes depends on something corrupted. (Of a guard ``follow`` has told.)"""
        effects = instruction.effects
        return (
            bool(self.registers & set(effects.registers_read))
            or bool(self.predicates & set(effects.predicates_read))
            or bool(self.of_warp & set(effects.uniform_read))
            or (self.codes and effects.reads_cc)
        )

    def _store(self, instruction: Instruction) -> None:
        effects = instruction.effects
        address = set(effects.address_registers)
        self.address |= bool(address & self.registers) or bool(effects.addressed_by & self.of_warp)
        self.value |= bool((set(effects.registers_read) - address) & self.registers)

    def _write(self, instruction: Instruction, *, dirty: bool) -> None:
        effects = instruction.effects
        written, conditions = set(effects.registers_written), set(effects.predicates_written)
        self.registers = self.registers | written if dirty else self.registers - written
        self.predicates = self.predicates | conditions if dirty else self.predicates - conditions
        of_warp = set(effects.uniform_written)
        self.of_warp = self.of_warp | of_warp if dirty else self.of_warp - of_warp
        if effects.writes_cc:
            self.codes = dirty
