"""One injection as it is stored: a row that does not depend on when, where and beside what it was made."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Injection:
    """A row of the store. The comment behind each field is the column's documentation (see ``store.py``)."""

    id: int  # number of the fault within its mode * 3 + number of the mode
    mode: str  # RF, IOA or IOV
    model: str  # single-bit, double-bit, random-value, zero-value or mask
    scope: str  # thread or warp
    frame: int  # frame of the campaign, from 0
    launch: int  # position of the launch in the launch plan
    kernel: str  # CUDA kernel
    invocation: int  # how many launches of the same kernel came before in the inference
    layer: int  # layer of the network file, 0-based as in Darknet
    block: int  # linear block of the launch
    thread: int  # linear thread of the block
    instruction: int  # dynamic instruction of the thread, from 0
    offset: int  # byte offset of the instruction in the kernel
    opcode: str  # opcode with its modifiers
    sass: str  # the instruction as nvdisasm prints it
    target: str  # what was struck (``faults.model.TargetKind``)
    target_index: int  # register, predicate, or word of the store
    before: str | None  # the struck word before, in hex (None: proven masked from the golden trace, not run)
    after: str | None  # the struck word after, in hex
    outcome: str  # MASKED, DUE, SDC; of hardened kernels also DETECTED or CORRECTED
    severity: str | None  # of an SDC: MALFUNCTION, INVALID_OUTPUT, LIGHT_MALFUNCTION or NO_MALFUNCTION
    due_kind: str | None  # of a DUE: the trap
    masked_reason: str | None  # of a masked RF fault: never-read, overwritten or no-effect
    top1_golden: int  # class with the largest golden probability
    top1: int | None  # class with the largest faulty probability (SDC)
    confidence_golden: float  # golden probability of top1_golden
    confidence: float | None  # faulty probability of top1_golden (SDC)
    top5_changed: int | None  # 1 when the five most probable classes or their order differ (SDC)
    output_nan: int | None  # 1 when the output holds NaN (SDC)
    largest_change: float | None  # largest absolute change of an output value (SDC; None: not finite)
    died_layer: int | None  # of NO_MALFUNCTION: layer behind which nothing that is still read differed
    differing_bytes: int | None  # bytes of device memory that differ after the faulty launch
    corrupted: str | None  # JSON: layer -> values of its output that differ
    probabilities: bytes | None  # faulty probabilities, float32 little endian (SDC)


def changed(row: Injection, **values: Any) -> Injection:
    """The same row with other values (``dataclasses.replace``, in a third of the time)."""
    return Injection(**{**vars(row), **values})


COLUMNS = tuple(field.name for field in fields(Injection))
