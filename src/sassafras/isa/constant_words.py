"""Which words of the constant banks an instruction reads at a fixed offset, and whether they exist.

Compiled code reads them without a check, so a word that no launch gives must never get that far.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sassafras.errors import ListingError
from sassafras.isa.family import ConstantBank
from sassafras.isa.locations import ConstantWords
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.operands import RZ
from sassafras.isa.program import Instruction, Program


def check_parameters(metadata: KernelMetadata, bank: ConstantBank) -> None:
    """Refuse parameter information that no compiler writes: raise ``ListingError`` naming the kernel."""
    found = sorted(metadata.parameters, key=lambda p: p.offset)
    apart = all(a.offset + a.size <= b.offset for a, b in pairwise(found))
    numbered = sorted(p.ordinal for p in found) == list(range(len(found)))
    placed = not found or metadata.parameter_base == bank.parameters
    small = all(p.size > 0 and p.offset + p.size <= bank.parameter_bytes for p in found)
    if not (apart and numbered and placed and small):
        raise ListingError(
            f"{metadata.name}: the parameter information is damaged (parameters must be numbered from 0, not "
            f"overlap, end within {bank.parameter_bytes} bytes and begin at {bank.parameters:#x} of constant "
            "bank 0); compile the kernel again"
        )


def check_constant_words(program: Program) -> None:
    """Every fixed offset is aligned, and in bank 0 names words that a launch gives.

    Raises ``ListingError`` naming kernel, byte offset and printed text.
    """
    given = _given_words(program)
    for instruction in program.instructions:
        for read in _fixed_reads(instruction):
            words = range(read.offset & ~3, read.offset + read.nbytes, 4)
            if read.offset % read.nbytes:
                reason = f"is not aligned to its {read.nbytes} bytes"
            elif read.bank == 0 and not given.issuperset(words):
                reason = "is neither a parameter of the kernel nor a word of the launch"
            else:
                continue
            raise ListingError(
                f'{program.name}+{instruction.offset:#06x}: "{instruction.text}": '
                f"c[{read.bank:#x}][{read.offset:#x}] {reason}; compile the kernel again"
            )


def _given_words(program: Program) -> frozenset[int]:
    """Offsets of the 32-bit words of constant bank 0 that hold something of the launch or of a parameter."""
    parameters = (
        word
        for p in program.parameters
        for word in range(
            (program.parameter_base + p.offset) & ~3, program.parameter_base + p.offset + p.size, 4
        )
    )
    return program.architecture.family.known_bank().launch_words | frozenset(parameters)


def _fixed_reads(instruction: Instruction) -> Iterator[ConstantWords]:
    """What an instruction reads of constant banks where no register moves the offset."""
    words = instruction.effects.constants
    return (one for one in words if one.register in (None, RZ) and not one.behind_uniform)
