"""Tensor cores: products of matrices of which each lane of a warp holds a part (`modifiers_of_tensor` says
which), and moves of such parts. Sums are modelled (`tensor_sums`): they are carried out where the run asks
for that.
"""

from __future__ import annotations

from collections.abc import Sequence

from llvmlite import ir

from sassafras.emulator.ports import F64, I32, I64, Ports
from sassafras.emulator.semantics.double import canonical_double
from sassafras.emulator.semantics.memory import load_if
from sassafras.emulator.semantics.registry import turing
from sassafras.emulator.tensor_sums import Form, products_function
from sassafras.isa.kinds import Space
from sassafras.isa.opcodes.modifiers_of_tensor import (
    CLAMPED,
    FACTOR,
    FIRST_FACTOR,
    MATRICES,
    SECOND_FACTOR,
    SHAPE,
    SUM,
    TRANSPOSED,
    Factor,
    Sum,
    registers_of_first,
    registers_of_second,
)
from sassafras.isa.operands import RZ, Operand, Register
from sassafras.isa.program import Instruction
from sassafras.isa.refusals import MODEL_PRODUCTS, MODELLED_PRODUCTS

_ROWS = 8  #: of a matrix that LDSM, STSM and MOVM move
_WORDS = 4  #: of 32 bits in such a row


def _registers(p: Ports, operand: Operand, count: int) -> list[ir.Value]:
    """The words of a wide operand."""
    assert isinstance(operand, Register)
    zero = operand.index == RZ
    return [p.register(RZ if zero else min(operand.index + k, RZ)) for k in range(count)]


def _check_modelled(p: Ports) -> None:
    """Raise FormsRefused where sums of tensor cores are not asked for."""
    if not p.program.architecture.tensor_cores:
        raise p.refuse(f"{MODELLED_PRODUCTS}: {MODEL_PRODUCTS}")


@turing("HMMA")
def hmma(p: Ports, i: Instruction) -> None:
    """D = A B + C of floats; halves of C and D come in pairs."""
    factor, total = i.fields[FACTOR], i.fields[SUM]
    if total is Sum.F16 and factor is not Factor.F16:
        raise p.refuse("sums of this kind are binary32")
    _multiply(p, i, Form(i.fields[SHAPE], factor, factor, total))


@turing("IMMA")
def imma(p: Ports, i: Instruction) -> None:
    """The same of integers: exact, wrapped or (.SAT) clamped to 32 bits."""
    fields = i.fields
    _multiply(p, i, Form(fields[SHAPE], fields[FIRST_FACTOR], fields[SECOND_FACTOR], None, fields[CLAMPED]))


def _multiply(p: Ports, i: Instruction, form: Form) -> None:
    _check_modelled(p)
    cores = p.program.architecture.family.tensor_cores
    if not form.is_laid_out or cores is None:
        raise p.refuse("how the parts of such matrices lie in lanes is not known")
    d, a, second, c = i.operands
    first_words, second_words = registers_of_first(i.fields), registers_of_second(i.fields)
    p.build.bring(lambda: [*_registers(p, a, first_words), *_registers(p, second, second_words)])
    brought = p.build.brought()
    paired = form.sum is Sum.F16
    words = _registers(p, c, form.rows * (1 if paired else 2))
    function = products_function(p.b.module, form, cores)
    given = _halves(p, words) if paired else words
    found = p.b.call(function, [brought.first, brought.active, brought.lane, *given])
    sums = [p.b.extract_value(found, k) for k in range(len(given))]
    p.write_words(d, _pairs(p, sums) if paired else sums)


def _halves(p: Ports, words: Sequence[ir.Value]) -> list[ir.Value]:
    return [part for w in words for part in (p.b.and_(w, I32(0xFFFF)), p.b.lshr(w, I32(16)))]


def _pairs(p: Ports, halves: Sequence[ir.Value]) -> list[ir.Value]:
    couples = zip(halves[::2], halves[1::2], strict=True)
    return [p.b.or_(low, p.b.shl(high, I32(16))) for low, high in couples]


@turing("DMMA")
def dmma(p: Ports, i: Instruction) -> None:
    """The same of doubles: fused multiply-adds in the order of k. A: element (g, q), B: (q, g)."""
    _check_modelled(p)
    d, a, second, c = i.operands
    p.build.bring(lambda: [*_registers(p, a, 2), *_registers(p, second, 2)])
    brought = p.build.brought()
    group, quad = p.b.lshr(brought.lane, I32(2)), p.b.and_(brought.lane, I32(3))
    words = _registers(p, c, 4)
    results: list[ir.Value] = []
    for n in range(2):
        column = p.b.add(p.b.shl(quad, I32(1)), I32(n))
        total = _double(p, words[2 * n : 2 * n + 2])
        for k in range(i.fields[SHAPE].depth):
            lanes = [p.b.add(p.b.shl(place, I32(2)), I32(k)) for place in (group, column)]
            x, y = (
                _double(p, [brought.word(p.b, lane, 2 * which + part) for part in range(2)])
                for which, lane in enumerate(lanes)
            )
            total = p.intrinsic("llvm.fma", F64, x, y, total)
        bits = canonical_double(p, total)
        results += [p.b.trunc(bits, I32), p.b.trunc(p.b.lshr(bits, I64(32)), I32)]
    p.write_words(d, results)


def _double(p: Ports, words: Sequence[ir.Value]) -> ir.Value:
    low, high = (p.b.zext(word, I64) for word in words)
    return p.b.bitcast(p.b.or_(low, p.b.shl(high, I64(32))), F64)


def _of_row(p: Ports, lane: ir.Value, count: int) -> ir.Value:
    """Whether a lane has the address of a row: of matrix k lanes 8k to 8k + 7 (i1)."""
    return p.b.icmp_unsigned("<", lane, I32(_ROWS * count))


@turing("LDSM")
def ldsm(p: Ports, i: Instruction) -> None:
    """Matrices of 8 x 8 halves from shared memory, one to a register: columns 2q and 2q + 1 of row g, or
    (.MT88) rows 2q and 2q + 1 of column g.
    """
    d, source = i.operands
    count = i.fields[MATRICES]

    def rows() -> list[ir.Value]:
        lane = p.build.special("SR_LANEID")
        assert lane is not None
        return load_if(p, _of_row(p, lane, count), Space.SHARED, p.shared_address(source), 4 * _WORDS)

    p.build.bring(rows)
    brought = p.build.brought()
    group, quad = p.b.lshr(brought.lane, I32(2)), p.b.and_(brought.lane, I32(3))
    words = []
    for k in range(count):
        if not i.fields[TRANSPOSED]:
            words.append(brought.word(p.b, p.b.add(group, I32(_ROWS * k)), quad))
            continue
        place, which = p.b.lshr(group, I32(1)), p.b.and_(group, I32(1))
        row = p.b.add(p.b.shl(quad, I32(1)), I32(_ROWS * k))
        halves = [brought.half(p.b, p.b.add(row, I32(n)), place, which) for n in range(2)]
        words += _pairs(p, halves)
    p.write_words(d, words)


@turing("STSM")
def stsm(p: Ports, i: Instruction) -> None:
    """Matrices of 8 x 8 halves, one to a register, to shared memory: the inverse of LDSM."""
    target, a = i.operands
    count = i.fields[MATRICES]
    p.build.bring(lambda: _registers(p, a, count))
    brought = p.build.brought()
    matrix, row = p.b.lshr(brought.lane, I32(3)), p.b.and_(brought.lane, I32(_ROWS - 1))
    words = []
    for k in range(_WORDS):  # columns 2k and 2k + 1
        if not i.fields[TRANSPOSED]:
            words.append(brought.word(p.b, p.b.add(p.b.shl(row, I32(2)), I32(k)), matrix))
            continue
        place, which = p.b.lshr(row, I32(1)), p.b.and_(row, I32(1))
        holders = [p.b.add(place, I32(4 * (2 * k + n))) for n in range(2)]
        words += _pairs(p, [brought.half(p.b, holder, matrix, which) for holder in holders])
    with p.b.if_then(_of_row(p, brought.lane, count)):
        p.build.store(Space.SHARED, p.shared_address(target), words)


@turing("MOVM")
def movm(p: Ports, i: Instruction) -> None:
    """A matrix of 8 x 8 halves in registers, transposed."""
    d, a = i.operands
    p.build.bring(lambda: _registers(p, a, 1))
    brought = p.build.brought()
    group, quad = p.b.lshr(brought.lane, I32(2)), p.b.and_(brought.lane, I32(3))
    place, which = p.b.lshr(group, I32(1)), p.b.and_(group, I32(1))
    holders = [p.b.add(place, p.b.shl(p.b.add(p.b.shl(quad, I32(1)), I32(n)), I32(2))) for n in range(2)]
    p.write_words(d, _pairs(p, [brought.half(p.b, holder, 0, which) for holder in holders]))
