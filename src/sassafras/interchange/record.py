"""One line of another injector's results: what it says in our words, and what it says in its own."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class ImportedInjection:
    """A row. Fields up to ``masked_reason`` mean what they mean in our own rows (``campaign.record``); None:
    the format does not say. The others are the tool's.
    """

    id: int  # number of the line among all that were imported, from 0
    mode: str  # RF, IOA or IOV
    model: str  # single-bit, double-bit, random-value or zero-value
    scope: str  # thread or warp
    launch: int | None  # NVBitFI: launches of any kernel before it
    kernel: str  # kernel, as the tool names it
    invocation: int | None  # SASSIFI: launches of the same kernel before it
    layer: int | None  # always NULL: neither tool knows layers
    thread: int | None  # linear thread of the *launch*; NULL: not recorded
    offset: int | None  # NVBitFI: byte offset of the instruction in the kernel
    opcode: str | None  # opcode
    target_index: int | None  # struck register, where one is named
    before: str | None  # struck word before, hex
    after: str | None  # struck word after, hex
    outcome: str | None  # MASKED, DUE or SDC; NULL: none (not injected, or not classified)
    severity: str | None  # always NULL: neither tool looks at classes
    due_kind: str | None  # HANG for timeouts
    masked_reason: str | None  # never-read or overwritten, where the tool says so
    tool: str  # sassifi or nvbitfi
    file: str  # name of the file
    line: int  # line of the file, from 1
    instruction_group: str | None  # the tool's group; NULL: register file
    instruction_number: int  # the tool's number of the thread-instruction in the launch and group
    operand_seed: float  # the tool's choice of an operand (RF: of a register)
    bit_seed: float  # the tool's choice of a bit
    pc: str | None  # program counter, as recorded
    category: int  # the tool's outcome category
    category_text: str  # and its name
    potential_due: int  # 1: a symptom that only a monitor would have noticed (counted as DUE)
    seconds: float  # time of the run
    dmesg: str | None  # what the system's log said


COLUMNS = tuple(field.name for field in fields(ImportedInjection))
