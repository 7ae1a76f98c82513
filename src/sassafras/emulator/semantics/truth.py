"""Predicates and condition codes as words: truth values, and whole files saved and restored."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.ports import I8, I32, Ports
from sassafras.emulator.semantics.compare import write_truth
from sassafras.emulator.semantics.predicate import both_combined, codes_asked, combine
from sassafras.emulator.semantics.registry import maxwell, turing
from sassafras.emulator.storage import CC_FLAGS
from sassafras.isa.locations import File
from sassafras.isa.opcodes.modifiers import COMBINE
from sassafras.isa.operands import PT, Immediate, Operand, Predicate, Register, WholeFile
from sassafras.isa.program import Instruction

_ALL_CODES = (1 << len(CC_FLAGS)) - 1


@maxwell("PSET")
def pset(p: Ports, i: Instruction) -> None:
    """d = truth of (p b1 q) b2 r, as ISET writes it (inferred: compiled code only asks whether it is 0)."""
    write_truth(p, i, both_combined(p, i)[0])


@maxwell("CSET")
def cset(p: Ports, i: Instruction) -> None:
    """d = truth of (test of the condition codes) op Pc (inferred from CSETP: never compiled)."""
    write_truth(
        p, i, combine(p, i.fields[COMBINE], codes_asked(p, i, i.operands[1]), p.predicate(i.operands[2]))
    )


def _file_and_mask(p: Ports, file: Operand, mask: Operand) -> tuple[File, int]:
    """Which file, and the bits of it that are meant. Condition codes go all together."""
    assert isinstance(file, WholeFile) and isinstance(mask, Immediate)
    if file.file is File.CODES and mask.bits & 0xFF != _ALL_CODES:
        raise p.refuse("some of the condition codes alone have no known meaning")
    return file.file, mask.bits & (_ALL_CODES if file.file is File.CODES else (1 << PT) - 1)


def _bits_of(p: Ports, file: File, mask: int) -> list[tuple[int, ir.Value]]:
    if file is File.CODES:
        held = [p.b.icmp_unsigned("!=", p.flag(letter), I8(0)) for letter in CC_FLAGS]
        return list(enumerate(held))
    return [(k, p.predicate(Predicate(k))) for k in range(PT) if mask >> k & 1]


@turing("P2R")
@maxwell("P2R")
def p2r(p: Ports, i: Instruction) -> None:
    """d = s with the bits of a mask replaced: bit k by predicate k, or Z, S, C and O as bits 0 to 3 (that
    order is inferred, and seen by nobody: compiled code only brings it back with R2P).
    """
    d, file, source, mask = i.operands
    word = p.b.and_(p.integer(source), I32(~_file_and_mask(p, file, mask)[1] & 0xFFFFFFFF))
    for k, held in _bits_of(p, *_file_and_mask(p, file, mask)):
        word = p.b.or_(word, p.b.select(held, I32(1 << k), I32(0)))
    p.write(d, word)


@turing("R2P")
@maxwell("R2P")
def r2p(p: Ports, i: Instruction) -> None:
    """Predicate k (or the condition codes, as P2R has them) = bit k of the chosen byte of a, for the bits of
    a mask; the other predicates stay.
    """
    destination, source, mask = i.operands
    file, chosen = _file_and_mask(p, destination, mask)
    byte = source.byte or 0 if isinstance(source, Register) else 0
    word = p.raw(source)
    bits = [
        p.b.icmp_unsigned("!=", p.b.and_(word, I32(1 << 8 * byte + k)), I32(0))
        for k in range(max(len(CC_FLAGS), PT))
    ]
    if file is File.CODES:
        z, s, c, o = bits[: len(CC_FLAGS)]
        p.set_flags(z=z, s=s, c=c, o=o)
        return
    for k in range(PT):
        if chosen >> k & 1:
            p.set_predicate(Predicate(k), bits[k])
