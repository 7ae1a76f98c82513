"""Every form of an opcode, as text, from its record: each choice of modifiers, and each kind of operand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tests.emulator.bench import listing

from sassafras.architectures.registry import program_of
from sassafras.errors import ListingError
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.opcodes.fields import Field
from sassafras.isa.opcodes.record import Opcode, Slot
from sassafras.isa.program import Instruction, Parameter, Program

#: One operand for each slot, by how many of the kind stand before it: apart, so that pairs do not overlap.
PLAIN = {
    Slot.DESTINATION: ("R8",),
    Slot.PREDICATE_DESTINATION: ("P0", "P1"),
    Slot.SOURCE: ("R12", "R28", "R32", "R36"),
    Slot.REGISTER: ("R16", "R17", "R18"),
    Slot.FACTOR: ("R20",),
    Slot.IMMEDIATE: ("0x0", "0x3"),
    Slot.PREDICATE: ("!P2", "P3", "P4"),
    Slot.ADDRESS: ("[R20+0x10]",),
    Slot.ADDRESS_READ: ("[R22.64+0x10]",),
    Slot.CONSTANT: ("c[0x2][R24]",),
    Slot.TARGET: ("`(.L_x)",),
    Slot.CONDITION: ("CC.NE",),
    Slot.SPECIAL: ("SR_TID.X",),
    Slot.NAME: ("SB0", "{4}"),
    Slot.HINT: ("P3",),
    Slot.FILE: ("CC",),
    Slot.FILE_DESTINATION: ("CC",),
}
#: What else may stand there, as far as the record allows it.
OTHERS = {
    Slot.DESTINATION: ("RZ", "R8.CC", "RZ.CC"),
    Slot.PREDICATE_DESTINATION: ("PT",),
    Slot.SOURCE: (
        "-R12", "|R12|", "~R12", "R12.H1", "R12.B0", "R12.B3", "RZ", "R252", "c[0x0][0x148]",
        "-c[0x0][0x148]", "c[0x2][0x8]",
        "c[0x2][R24+0x8]", "c[0x2][RZ+0x8]", "0x3", "-0x1", "1.5", "1.5.NEG",
    ),
    Slot.REGISTER: ("RZ", "R252"),
    Slot.FACTOR: ("RZ",),
    Slot.IMMEDIATE: ("0x1f", "0xf", "0x7f"),
    Slot.PREDICATE: ("PT", "!PT", "P0"),
    Slot.ADDRESS: ("[0x10]", "[RZ+0x10]", "[R20.X4+0x10]", "[R253]"),
    Slot.ADDRESS_READ: ("[R22.64]",),
    Slot.CONSTANT: ("c[0x2][RZ]", "c[0x2][RZ+0x8]", "c[0x0][R24+0x148]"),
    Slot.TARGET: (),
    Slot.CONDITION: ("CC.GTU", "CC.T"),
    Slot.SPECIAL: ("SR_CTAID.Y", "SRZ", "SR_CLOCKLO", "SR_GLOBALTIMERHI", "SR_VIRTID"),
    Slot.NAME: (),
    Slot.HINT: ("PT", "!P3"),
    Slot.FILE: ("PR",),
    Slot.FILE_DESTINATION: ("PR",),
}  # fmt: skip
REGISTERS = 255
MOST_CHOICES = 400  #: of modifiers; of opcodes with thousands (video) evenly spread ones are taken


def forms(record: Opcode) -> Iterator[str]:
    """Printed instructions: all choices of modifiers on plain operands, then other operands, then a guard."""
    plain = [[_plain(signature), signature] for signature in record.signatures]
    choices = ["".join(words) for words in product(*(_printed(field) for field in record.fields))]
    choices = [*choices[:: 1 + len(choices) // MOST_CHOICES], choices[-1]]
    for operands, _ in plain:
        for modifiers in choices:
            yield _text(record, modifiers, list(operands))
        for modifiers in choices[:1]:
            yield f"@!P5 {_text(record, modifiers, list(operands))}"
            yield f"@PT {_text(record, modifiers, list(operands))}"
    for operands, signature in plain:
        for place, letter in enumerate(signature):
            for other in OTHERS[Slot(letter)]:
                for modifiers in (choices[0], choices[-1]):
                    yield _text(record, modifiers, [*operands[:place], other, *operands[place + 1 :]])


def _printed(field: Field[object]) -> list[str]:
    words = [f".{word}" for word in field.alternatives]
    return words if field.required else ["", *words]


def _plain(signature: str) -> list[str]:
    before = [signature[:place].count(letter) for place, letter in enumerate(signature)]
    return [PLAIN[Slot(letter)][number] for letter, number in zip(signature, before, strict=True)]


def _text(record: Opcode, modifiers: str, operands: list[str]) -> str:
    together = " ".join(operands) if record.name == "BRX" else ", ".join(operands)  # BRX R4 -0x10
    return f"{record.name}{modifiers} {together}".strip()


def parsed(text: str) -> Program | None:
    """A program with the form as its second instruction; None where the record does not allow the form."""
    metadata = KernelMetadata("form", "sm_50", REGISTERS, 0, 0x140, (Parameter(0, 0, 0x100),), bytes(64))
    try:
        return program_of(listing([".L_x:", "NOP", text, "EXIT"]), metadata)
    except ListingError:
        return None


def form_of(instruction: Instruction) -> tuple[object, ...]:
    """What decides how an instruction is carried out, whatever registers and numbers it names."""
    kinds = tuple(_kind(operand) for operand in instruction.operands)
    guarded = instruction.guard is not None
    return instruction.opcode, instruction.modifiers, kinds, guarded


def _kind(operand: object) -> tuple[object, ...]:
    marks = ("negate", "absolute", "invert", "half", "writes_cc", "scale", "bank", "test")
    nothing = getattr(operand, "index", None) in (7, 255), getattr(operand, "register", 0) in (None, 255)
    return type(operand), *(getattr(operand, mark, None) for mark in marks), *nothing
