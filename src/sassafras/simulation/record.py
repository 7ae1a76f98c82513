"""One injection as it is stored: a row that does not depend on when, where and beside what it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any

from sassafras.emulator.traps import TrapKind
from sassafras.faults.model import FaultModel, Mode, Scope, TargetKind
from sassafras.simulation.columns import Says, columns_of_row, word_of
from sassafras.simulation.outcome import MaskedReason, Outcome, Severity


@dataclass(frozen=True)
class Injection:
    """A row of the store. These annotations are the one declaration of its columns (`columns`)."""

    id: Annotated[int, Says("mode and number of the fault within it (`faults.ids`)", key=True)]
    mode: Annotated[Mode, Says("what is corrupted")]
    model: Annotated[FaultModel, Says("how bits change")]
    scope: Annotated[Scope, Says("which threads are struck")]
    input: Annotated[int, Says("input of the campaign (a network's: frame), from 0", shown="frame")]
    launch: Annotated[int, Says("position of the launch in the launch plan")]
    kernel: Annotated[str, Says("CUDA kernel")]
    invocation: Annotated[int, Says("launches of the same kernel before it in the inference")]
    part: Annotated[
        int,
        Says("what the launch works for (layer of a network, from 0 as in Darknet)", shown="layer"),
    ]
    block: Annotated[int, Says("linear block of the launch (MEM: -1, as thread, instruction and offset)")]
    thread: Annotated[int, Says("linear thread of the block")]
    instruction: Annotated[int, Says("dynamic instruction of the thread, from 0")]
    offset: Annotated[int, Says("byte offset of the instruction in the kernel")]
    opcode: Annotated[str, Says("opcode with its modifiers (MEM: empty)")]
    sass: Annotated[str, Says("the instruction as nvdisasm prints it (MEM: empty)")]
    target: Annotated[TargetKind, Says("what the struck bits belong to")]
    target_index: Annotated[
        int, Says("register, predicate, word of the store, or (first) 32-bit word of the buffer")
    ]
    before: Annotated[str | None, Says("the struck word before, hex; NULL: proven masked, not run")]
    after: Annotated[str | None, Says("the struck word after, hex")]
    outcome: Annotated[Outcome, Says("what became of it (DETECTED, CORRECTED: of hardened kernels)")]
    severity: Annotated[Severity | None, Says("of an SDC")]
    due_kind: Annotated[TrapKind | None, Says("of a DUE, the trap")]
    masked_reason: Annotated[MaskedReason | None, Says("of a masked RF or MEM fault")]
    top1_golden: Annotated[int, Says("class with the largest golden probability")]
    top1: Annotated[int | None, Says("SDC: class with the largest faulty probability")]
    confidence_golden: Annotated[float, Says("golden probability of top1_golden")]
    confidence: Annotated[float | None, Says("SDC: faulty probability of top1_golden (NULL where it is NaN)")]
    top5_changed: Annotated[
        int | None, Says("SDC: 1 when the five most probable classes or their order differ")
    ]
    output_nan: Annotated[int | None, Says("SDC: 1 when the output holds NaN")]
    largest_change: Annotated[
        float | None, Says("SDC: largest absolute change of an output value (NULL: not finite)")
    ]
    died_part: Annotated[
        int | None,
        Says("NO_MALFUNCTION: part behind which nothing still read differed", shown="died_layer"),
    ]
    differing_bytes: Annotated[
        int | None, Says("SDC: bytes of device memory that differ after the faulty launch")
    ]
    corrupted: Annotated[str | None, Says("SDC: JSON, part -> values of its output that differ")]
    output: Annotated[
        bytes | None,
        Says("SDC: faulty output, or a part of it, float32 little endian", "probabilities", "<f4"),
    ]
    output_places: Annotated[
        bytes | None,
        Says("where a part of an output is from, int32 (NULL: it is whole)", "probability_places", "<i4"),
    ]
    output_digest: Annotated[
        str | None,
        Says("SHA-256 of an output of which a part is stored, hex", "probability_digest"),
    ]
    race: Annotated[
        str | None,
        Says(
            "the first race that the fault makes between threads, in words (NULL: none, or the kernel is "
            "bundled: not looked for)"
        ),
    ]
    buffer: Annotated[str | None, Says("MEM: the struck buffer")]


INJECTION = columns_of_row(Injection)  #: the columns of a row
COLUMNS = tuple(column.name for column in INJECTION)
SHOWN = tuple(column.shown for column in INJECTION)  #: the same, as those who inject into a network see them


def injection_of(values: Mapping[str, Any]) -> Injection:
    """The row that holds these values, by the names that are shown: as the store or a frame of pandas holds
    them; None where an optional one is missing. ValueError for a word that its column does not know.
    """
    return Injection(
        **{c.name: c.of_store(values.get(c.shown) if c.optional else values[c.shown]) for c in INJECTION}
    )


def shown_of(row: Injection) -> dict[str, Any]:
    """A row's values by the names that are shown, members as their words."""
    found = vars(row)
    values = ((column.shown, found[column.name]) for column in INJECTION)
    return {name: word_of(value) if isinstance(value, Enum) else value for name, value in values}
