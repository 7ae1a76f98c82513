"""nvdisasm text -> ``Program``.

One parser for all architectures (nvdisasm's JSON does not exist where Maxwell does); what differs between
them is the family's: its opcodes, constant bank and code layout.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from sassafras.errors import ListingError
from sassafras.isa.constant_words import check_constant_words, check_parameters
from sassafras.isa.effects import derive_effects, groups_of, slots_of
from sassafras.isa.family import CodeLayout
from sassafras.isa.kinds import Flow
from sassafras.isa.listing_lines import InstructionLine, Listing, read_listing
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.opcodes import Opcode
from sassafras.isa.opcodes.fields import fill_fields
from sassafras.isa.opcodes.record import Slot
from sassafras.isa.operand_text import Literal, OperandSyntaxError, is_number, parse_operand
from sassafras.isa.operands import (
    Constant,
    Immediate,
    Operand,
    Predicate,
    Register,
    SpecialRegister,
    Target,
    UniformPredicate,
    UniformRegister,
)
from sassafras.isa.outside import Outside
from sassafras.isa.program import Instruction, Program
from sassafras.isa.refusals import FormsRefused, Refusal, missing_functions, unknown_opcode
from sassafras.isa.target import CodeTarget

_GUARD = re.compile(r"@(!?U?P(?:\d|T))\s+(.*)")
_HEAD = re.compile(r"([A-Z][A-Z0-9]*)((?:\.[A-Z0-9_x]+)*)(?:\s+(.*))?")
_REGISTER_AND_PLACE = re.compile(r"(U?R(?:\d+|Z))\s+(-?0x[0-9a-f]+|`\(\S+\))")


def parse_listing(text: str, metadata: KernelMetadata, architecture: CodeTarget) -> Program:
    """Parse the ``nvdisasm -c`` text of one kernel for ``architecture``.

    ``text`` may hold several kernels; the one called ``metadata.name`` is taken. Raises ``ListingError``,
    naming kernel, byte offset and printed text, for all unknown opcodes, modifiers or operand forms that
    are not supported, and unknown labels together; for offsets with a gap or short of the code size, a
    register beyond those the metadata allocates, a fixed offset of constant bank 0 that no launch fills, or
    damaged parameter information.
    """
    family = architecture.family
    table = family.known_opcodes()
    check_parameters(metadata, family.known_bank())
    listing = read_listing(text, metadata.name)
    _check_offsets(listing, metadata, family.code)
    instructions = _parse_lines(listing, table, metadata, family.code)
    program = Program(
        name=metadata.name,
        architecture=architecture,
        instructions=instructions,
        register_count=metadata.register_count,
        shared_bytes=metadata.shared_bytes,
        parameter_base=metadata.parameter_base,
        parameters=metadata.parameters,
        constants=metadata.constants,
        stack_bytes=metadata.stack_bytes,
        module=metadata.module,
        digest=hashlib.sha256((text + metadata.canonical_json()).encode()).hexdigest(),
    )
    _check_targets(program)
    check_constant_words(program)
    return program


def _check_offsets(listing: Listing, metadata: KernelMetadata, code: CodeLayout) -> None:
    """Every instruction is there: the offsets have no gap, name no scheduling word and end where the code
    ends.
    """
    expected = code.start
    for line in listing.lines:
        if line.offset != expected:
            raise ListingError(
                f'{metadata.name}+{line.offset:#06x}: "{line.text}" cannot stand at this offset: the next '
                f"instruction is at {expected:#06x}; disassemble again with nvdisasm -c"
            )
        expected = code.following(expected)
    last = listing.lines[-1]
    end = last.offset + code.instruction_bytes
    if metadata.code_bytes and end != metadata.code_bytes:
        raise ListingError(
            f'{metadata.name}+{last.offset:#06x}: "{last.text}" ends the listing at {end:#x}, the code of '
            f"the kernel ends at {metadata.code_bytes:#x}; disassemble again with nvdisasm -c"
        )


def _check_targets(program: Program) -> None:
    """Every code address in the text is that of an instruction (labels are; bare numbers may not be)."""
    for instruction in program.instructions:
        for operand in instruction.operands:
            if isinstance(operand, Target) and operand.offset not in program.index_of_offset:
                raise ListingError(
                    f'{program.name}+{instruction.offset:#06x}: "{instruction.text}": no instruction is at '
                    f"{operand.offset:#x}; disassemble again with nvdisasm -c"
                )


def _parse_lines(
    listing: Listing, table: Mapping[str, Opcode], metadata: KernelMetadata, code: CodeLayout
) -> tuple[Instruction, ...]:
    found, refused = [], []
    missing = [symbol for symbol in metadata.calls if Outside.of(symbol) is None]
    for index, line in enumerate(listing.lines):
        try:
            found.append(_instruction(index, line, listing.labels, table, metadata.register_count, code))
            if missing and _leaves_file(found[-1]):
                raise ValueError(missing_functions(missing))
        except ValueError as problem:
            refused.append(Refusal(line.offset, line.text, str(problem)))
    if refused:
        raise FormsRefused(
            metadata.name, refused, "compile the kernel differently or add the form to sassafras.isa.opcodes"
        )
    return tuple(found)


def _leaves_file(instruction: Instruction) -> bool:
    """Whether it goes to an absolute address: to a function that is not in the file."""
    return instruction.flow is Flow.STOP and any(isinstance(o, Register) for o in instruction.operands)


def _instruction(
    index: int,
    line: InstructionLine,
    labels: Mapping[str, int],
    table: Mapping[str, Opcode],
    register_count: int,
    code: CodeLayout,
) -> Instruction:
    """One instruction from its line. Raises ``ValueError`` with a short reason."""
    guard, body = _split_guard(line.text)
    head = _HEAD.fullmatch(body)
    if not head:
        raise ValueError("not an instruction")
    record = table.get(head[1])
    if record is None:
        raise ValueError(unknown_opcode(head[1]))
    modifiers = tuple(head[2].split(".")[1:])
    fields = fill_fields(record.name, record.fields, modifiers)
    literal = record.literal_of(fields)
    parts = _split(head[3] or "", literal)
    operands = tuple(_sure(parse_operand(part, literal, labels), line, code) for part in parts)
    slots = slots_of(record, operands, fields)
    if slots is None:
        raise ValueError(f"operands of {record.name} do not fit any known form")
    operands = tuple(_settle(o, s, t) for o, s, t in zip(operands, slots, parts, strict=True))
    _check_operands(record, slots, operands)
    effects = derive_effects(record, slots, operands, fields, guard)
    _check_registers((*effects.registers_read, *effects.registers_written), register_count)
    return Instruction(
        index=index,
        offset=line.offset,
        guard=guard,
        record=record,
        modifiers=modifiers,
        fields=fields,
        operands=operands,
        branch_targets=tuple(_resolve(label, labels) for label in line.targets),
        text=line.text,
        effects=effects,
        groups=groups_of(record, effects),
    )


def _split_guard(text: str) -> tuple[Predicate | UniformPredicate | None, str]:
    match = _GUARD.fullmatch(text)
    if not match:
        return None, text
    guard = parse_operand(match[1], Literal.INTEGER, {})
    assert isinstance(guard, Predicate | UniformPredicate)
    return guard, match[2]


def _split(text: str, literal: Literal) -> list[str]:
    """Operand texts: split at commas outside brackets and braces, and ``R4 -0x110`` (BRX, RET) in two; the
    two numbers that halves make are one.
    """
    parts = [part.strip() for part in re.split(r",(?![^{\[]*[}\]])", text)] if text else []
    if parts and (match := _REGISTER_AND_PLACE.fullmatch(parts[-1])):
        parts[-1:] = [match[1], match[2]]
    if literal.of_two:
        for k in range(len(parts) - 2, -1, -1):
            if is_number(parts[k]) and is_number(parts[k + 1]):
                parts[k : k + 2] = [f"{parts[k]}, {parts[k + 1]}"]
    return parts


def _sure(operand: Operand, line: InstructionLine, code: CodeLayout) -> Operand:
    """A NaN whose payload the text does not say, from the encoding where the listing has it (nvdisasm
    -hex).
    """
    if line.encoding is None or not (isinstance(operand, Immediate) and operand.unsure):
        return operand
    return Immediate(code.float_literal(line.encoding))


def _settle(operand: Operand, slot: Slot, text: str) -> Operand:
    """Literals whose role decides their meaning: a code address, or a count inside a float opcode."""
    if isinstance(operand, Immediate) and slot is Slot.TARGET:
        return Target(operand.bits)
    if isinstance(operand, Immediate) and slot is Slot.IMMEDIATE:
        return parse_operand(text, Literal.INTEGER, {})
    return operand


def _resolve(label: str, labels: Mapping[str, int]) -> int:
    if label not in labels:
        raise OperandSyntaxError(f"label {label} is not in the listing")
    return labels[label]


def _check_operands(record: Opcode, slots: tuple[Slot, ...], operands: tuple[Operand, ...]) -> None:
    """Refuse operand modifiers the record does not list: they would change the result."""
    for slot, operand in zip(slots, operands, strict=True):
        if isinstance(operand, Register | Constant | UniformRegister):
            allowed = (
                "" if slot in (Slot.DESTINATION, Slot.REGISTER, Slot.CONSTANT) else record.operand_modifiers
            )
            present = {
                "-": operand.negate,
                "|": operand.absolute,
                "~": operand.invert,
                "h": operand.half is not None and not operand.half.is_twice,
                "t": operand.half is not None and operand.half.is_twice,
                "b": operand.byte is not None,
            }
            if any(there and sign not in allowed for sign, there in present.items()):
                raise ValueError(f"{record.name} does not support this sign, inversion or half of an operand")
        cc_allowed = slot is Slot.DESTINATION and record.may_write_cc
        if isinstance(operand, Register) and operand.writes_cc and not cc_allowed:
            raise ValueError(f"{record.name} is not supported with .CC")
        if (
            isinstance(operand, Predicate | UniformPredicate)
            and slot is Slot.PREDICATE_DESTINATION
            and operand.negate
        ):
            raise ValueError("a predicate destination cannot be negated")
        if isinstance(operand, SpecialRegister) and operand.name not in record.special_registers:
            raise ValueError(f"special register {operand.name} is not supported")


def _check_registers(registers: tuple[int, ...], register_count: int) -> None:
    highest = max(registers, default=-1)
    if highest >= register_count:
        raise ValueError(f"R{highest} is beyond the {register_count} registers of the kernel's metadata")
