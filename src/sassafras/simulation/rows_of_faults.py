"""The row of a fault that has ended."""

from __future__ import annotations

from typing import Any

from sassafras.faults.memory import NO_PLACE, WORD
from sassafras.faults.model import Fault, Mode
from sassafras.simulation.ending import Ending, Words
from sassafras.simulation.golden import GoldenRun
from sassafras.simulation.memory_strike import buffer_at
from sassafras.simulation.record import Injection
from sassafras.simulation.workbench import Workbench


def row_of_fault(bench: Workbench, golden: GoldenRun, fault: Fault, ending: Ending) -> Injection:
    """Site, target and ending of a fault as the store has them."""
    draw, planned = fault.draw, golden.plan[fault.site.launch]
    found = dict(vars(ending))
    words: Words = found.pop("words")
    return Injection(
        id=draw.id,
        mode=draw.mode,
        model=draw.model,
        scope=draw.scope,
        input=draw.frame,
        launch=draw.launch,
        kernel=planned.kernel,
        invocation=planned.invocation,
        part=planned.part,
        target=fault.target.kind,
        target_index=fault.target.index,
        before=words.before,
        after=words.after,
        top1_golden=golden.verdict.top1,
        confidence_golden=golden.verdict.confidence,
        **_place(bench, golden, fault),
        **found,
    )


def _place(bench: Workbench, golden: GoldenRun, fault: Fault) -> dict[str, Any]:
    """Where: an instruction of a thread, or a buffer."""
    draw, site = fault.draw, fault.site
    if draw.mode is Mode.MEM:
        nowhere = dict.fromkeys(("block", "thread", "instruction", "offset"), NO_PLACE)
        buffer, _ = buffer_at(golden.workload, draw.ordinal * WORD)
        return nowhere | {"opcode": "", "sass": "", "buffer": buffer.name}
    planned = golden.plan[site.launch]
    instruction = bench.machine(planned.spec).program.instructions[fault.pc]
    return {
        "block": draw.block,
        "thread": draw.thread,
        "instruction": site.instruction,
        "offset": instruction.offset,
        "opcode": ".".join((instruction.opcode, *instruction.modifiers)),
        "sass": instruction.text,
        "buffer": None,
    }
