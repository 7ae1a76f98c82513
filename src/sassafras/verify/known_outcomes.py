"""Whether known faults have their known outcomes, through the same injector that a campaign uses."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import assert_never

import numpy as np

from sassafras.architectures.registry import architecture
from sassafras.emulator.armed import executed_mask, instruction_indexes
from sassafras.emulator.machine import Machine
from sassafras.errors import FaultNotReached
from sassafras.faults.model import Draw, IoaRegister, Mode, Scope
from sassafras.faults.targets import Selection, strike_mask, targets
from sassafras.isa.operands import Register
from sassafras.isa.program import Instruction, Program
from sassafras.simulation.columns import word_of
from sassafras.simulation.injector import Injector
from sassafras.simulation.record import Injection
from sassafras.simulation.rules import Rules
from sassafras.simulation.traced import run_golden
from sassafras.simulation.workbench import Workbench
from sassafras.verify.check import Check, concluded
from sassafras.verify.known_faults import KNOWN_FAULTS, Expected, KnownFault, Part
from sassafras.verify.small_network import LOGITS, small_image, small_network, softmax64
from sassafras.workload.launches import PlannedLaunch

NAME = "known faults have known outcomes"
WATCHDOG = 10
LIMIT = 1 << 16  #: instructions of a golden thread; those of the small network are far shorter
TOLERANCE = 1e-6  #: of a probability: float32 results beside float64
NO_ID = -1


def check_known_faults(arch: str, struck: Collection[str], *, full: bool) -> Check:
    """The table's faults in kernels that a campaign strikes. ``full``: by the full engine too."""
    bench = Workbench(small_network().on(architecture(arch)), [small_image()], shared=False)
    chosen = [known for known in KNOWN_FAULTS if known.kernel in struck]
    failures = [] if _is_close(bench.golden(0).result.numbers, LOGITS) else ["golden probabilities are wrong"]
    engines = (False, True) if full else (False,)
    for in_full in engines:
        injectors = {rule: Injector(bench, Rules(None, WATCHDOG, in_full, rule)) for rule in IoaRegister}
        for known in chosen:
            problem = _problem(bench, injectors[known.ioa_register], known, arch)
            failures += [problem] if problem else []
    engine = "both engines" if full else "fast engine"
    return concluded(
        NAME, f"{len(chosen)} faults in {len({k.kernel for k in chosen})} kernels, {engine}", failures
    )


def _problem(bench: Workbench, injector: Injector, known: KnownFault, arch: str) -> str:
    """What is wrong with one fault, or nothing."""
    planned = next(p for p in bench.workload.plan if (p.kernel, p.part) == (known.kernel, known.layer))
    golden, machine = bench.golden(0), bench.machine(planned.spec)
    golden.go_before(planned.index)
    longest = machine.run(planned.launch, golden.memory).longest
    golden.put_before(planned.index)
    try:
        row = injector.inject(_draw(bench, machine, planned, known, longest))
    except FaultNotReached as error:
        return f"{known.why}: {error}"
    wrong = _differences(row, known.expected)
    return f"{known.why} ({arch}/{known.kernel}, {known.mode}): {', '.join(wrong)}" if wrong else ""


def _draw(
    bench: Workbench, machine: Machine, planned: PlannedLaunch, known: KnownFault, longest: int
) -> Draw:
    """The draw that means the fault. Raises FaultNotReached where the thread executes no such instruction."""
    memory = bench.golden(0).memory
    threads = run_golden(machine, planned.launch, memory, 0, (known.thread,), LIMIT)
    trace = threads.traces[known.thread]
    indexes, executed = instruction_indexes(trace), executed_mask(trace)
    texts = [_unguarded(i.text) for i in machine.program.instructions]
    named = np.array([text.startswith(known.at) for text in texts])[indexes] & executed
    if not named.any():
        raise FaultNotReached(f"thread {known.thread} of {known.kernel} executes no {known.at}")
    dynamic = int(np.flatnonzero(named)[-1 if known.last else 0])
    selection = Selection(known.mode, known.model)
    allowed = strike_mask(machine.program, selection)[indexes]
    if known.mode is not Mode.RF:
        allowed &= executed
    place, choices, bits = _target(machine.program, int(indexes[dynamic]), selection, known)
    return Draw(
        id=NO_ID,
        mode=known.mode,
        model=known.model,
        scope=Scope.THREAD,
        frame=0,
        launch=planned.index,
        block=0,
        thread=known.thread,
        ordinal=int(allowed[:dynamic].sum()),
        target_word=_word(place, choices),
        bit_word=_word(known.bit or 0, bits),
        value_word=(known.value or 0) << (64 - bits),
        longest=longest,
    )


def _target(program: Program, pc: int, selection: Selection, known: KnownFault) -> tuple[int, int, int]:
    """Which of how many targets, and its bits."""
    if known.mode is Mode.RF:
        return _register(program.instructions[pc], known.register), program.register_count, 32
    choices = targets(program.instructions[pc], selection)
    for place, target in enumerate(choices):
        if target.kind is known.target:
            return place, len(choices), target.bits
    raise FaultNotReached(f"{program.instructions[pc].text} has no {known.target}")


def _register(instruction: Instruction, register: int | Part) -> int:
    """The number of a register."""
    effects = instruction.effects
    match register:
        case Part.WRITTEN:
            return effects.registers_written[0]
        case Part.READ:
            return effects.registers_read[0]
        case Part.STORED:
            return next(o.index for o in instruction.operands if isinstance(o, Register))
        case int():
            return register
        case _:
            assert_never(register)


def _word(index: int, count: int) -> int:
    """The smallest 64-bit draw that picks ``index`` of ``count`` (`sassafras.faults.resolve.pick`)."""
    return -(-(index << 64) // count)


def _unguarded(text: str) -> str:
    return text.split(" ", 1)[1].lstrip() if text.startswith("@") else text


def _differences(row: Injection, expected: Expected) -> list[str]:
    """What in the row is not as expected."""
    names: dict[str, object] = {
        "outcome": expected.outcome,
        "severity": expected.severity,
        "due_kind": expected.due_kind,
    }
    if expected.masked_reason is not None:
        names["masked_reason"] = expected.masked_reason
    if expected.top1 is not None:
        names["top1"] = expected.top1
    found = vars(row)
    wrong = [
        f"{name} is {_word_for(found[name])}, not {_word_for(value)}"
        for name, value in names.items()
        if found[name] != value
    ]
    if bool(row.output_nan) != expected.output_nan:
        wrong.append("the output is NaN" if row.output_nan else "the output is not NaN")
    if expected.logits is not None and row.output is not None:
        probabilities = np.frombuffer(row.output, "<f4")
        if not _is_close(probabilities, expected.logits):
            wrong.append(f"probabilities {probabilities.tolist()} are not those of logits {expected.logits}")
    return wrong


def _word_for(value: object) -> object:
    return word_of(value) if isinstance(value, Enum) else value


def _is_close(probabilities: np.ndarray, logits: tuple[float, ...]) -> bool:
    return bool((np.abs(probabilities - softmax64(logits)) < TOLERANCE).all())
