"""The ports: the few words in which semantic functions are written.
 Operand modifiers, predication, bounds checks, logging and traps live here or in the builds, never in an
opcode. Values are LLVM values: 32-bit integers for registers, ``float`` for float operands, 1-bit integers
for predicates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from llvmlite import ir

from sassafras.emulator.brought import Brought
from sassafras.emulator.storage import CC_FLAGS, Storage
from sassafras.emulator.traps import TrapKind
from sassafras.isa.kinds import Space, StackKind
from sassafras.isa.locations import File
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BarrierReduction,
)
from sassafras.isa.operands import (
    PT,
    RZ,
    URZ,
    Address,
    ConditionTest,
    Constant,
    Half,
    Immediate,
    Operand,
    Predicate,
    Register,
    UniformPredicate,
    UniformRegister,
)
from sassafras.isa.program import Instruction, Program
from sassafras.isa.refusals import FormsRefused, Refusal

I1 = ir.IntType(1)
I8 = ir.IntType(8)
I16 = ir.IntType(16)
I32 = ir.IntType(32)
I64 = ir.IntType(64)
F32 = ir.FloatType()
F64 = ir.DoubleType()


#: Operands that carry a sign, an inversion, or a part that is meant.
MARKED = (Register, UniformRegister, Constant)
_PREDICATE_FILES = {Predicate: File.PREDICATES, UniformPredicate: File.UNIFORM_PREDICATES}

Change = Callable[[ir.Value], ir.Value]  #: from what lies in memory to what shall lie there


class Build(Protocol):
    """What a build (plain, profiling or armed) gives to the ports."""

    def trap_if(self, condition: ir.Value, kind: TrapKind) -> None:
        """Stop the thread with a trap when the condition holds; go on otherwise."""

    def load(self, space: Space, address: ir.Value, nbytes: int, *, bank: int = 0) -> list[ir.Value]:
        """Checked (and, when armed, logged) load: 32-bit words, or one narrower integer. ``address``: 64 bits
        where it is global or generic (``emulator.windows``), else 32; in constant memory an offset in
        ``bank``.
        """

    def store(self, space: Space, address: ir.Value, values: Sequence[ir.Value]) -> None:
        """Checked (and, when armed, logged) store of 32-bit words, or of one narrower integer."""

    def update(self, space: Space, address: ir.Value, kind: ir.Type, change: Change) -> ir.Value:
        """Replace what lies at an address (an integer of type ``kind``) by ``change`` of it, atomically;
        returns what was there.
        """

    def fixed_constant(self, bank: int, offset: int) -> ir.Value:
        """The 32-bit word at a fixed offset of a constant bank."""

    def special(self, name: str) -> ir.Value | None:
        """A special register (i32), None if it is not modelled."""

    def jump(self, offset: int) -> None:
        """Go to the instruction at a byte offset."""

    def jump_if(self, condition: ir.Value, offset: int) -> None:
        """Go there when the condition holds, else to the next instruction."""

    def jump_to(self, offset: ir.Value) -> None:
        """Go to a computed byte offset (i32); what is no instruction traps."""

    def push(self, kind: StackKind, offset: int) -> None:
        """Push a code address on the call/sync stack."""

    def pop_and_jump(self, kind: StackKind, *, unwind: bool, condition: ir.Value | None = None) -> None:
        """Pop an entry and go there (when the condition holds). ``unwind``: discard entries of other kinds
        above it.
        """

    def stop(self, kind: TrapKind) -> None:
        """Stop the thread with a trap."""

    def exit(self, condition: ir.Value | None) -> None:
        """End the thread (when the condition holds)."""

    def barrier(self) -> None:
        """Wait for the block."""

    def give(self, word: Callable[[], ir.Value]) -> None:
        """Give a word (i32; ``word`` emits it) to the lanes of the warp that are at this instruction. What is
        emitted behind it runs when all of them have given.
        """

    def given_by(self, lane: ir.Value, register: int) -> ir.Value:
        """What a lane gave; of one that is elsewhere, what its ``register`` holds; 0 of one that is not."""

    def bring(self, words: Callable[[], Sequence[ir.Value]]) -> None:
        """As `give`, several words at once."""

    def brought(self) -> Brought:
        """What the lanes at this instruction brought."""

    def votes(self) -> tuple[ir.Value, ir.Value]:
        """The lanes at this instruction, and those whose word is odd: masks (i32)."""

    def part(self, barrier: int) -> None:
        """Note at a convergence barrier which lanes are at this instruction; a thread alone: nothing. At
        instructions that MEET the build waits by itself.
        """

    def leave_barrier(self, barrier: int, condition: ir.Value | None) -> None:
        """Wait for nobody at a convergence barrier any more (when the condition holds)."""

    def save_barrier(self, barrier: int) -> ir.Value:
        """What a convergence barrier holds (i32), which is brought back later: others wait until then. A
        thread alone: 0.
        """

    def restore_barrier(self, barrier: int, held: ir.Value) -> None:
        """Bring back what a convergence barrier held."""

    def fill_barrier(self, barrier: int, mask: int) -> None:
        """Put lanes into a convergence barrier; a thread alone: nothing."""

    def move_barrier(self, barrier: int, source: int) -> None:
        """Put those of another one into it, which is cleared; a thread alone: nothing."""

    def arrive(self, number: ir.Value) -> None:
        """The lanes at this instruction arrive at a barrier, as a warp, and go on."""

    def wait(self, number: ir.Value, threads: ir.Value, reduction: BarrierReduction | None) -> None:
        """Wait at a barrier until ``threads`` have come (0: all of the block). With a ``reduction``, over the
        words given.
        """

    def barrier_result(self) -> ir.Value:
        """What the thread's last barrier with a reduction gave (i32)."""


class Ports:
    """Everything an opcode may do. One instance per function; ``at`` is the instruction being emitted."""

    def __init__(self, program: Program, builder: ir.IRBuilder, storage: Storage, build: Build) -> None:
        self.program = program
        self.b = builder
        self.build = build
        self._storage = storage
        self.at: Instruction = program.instructions[0]

    def refuse(self, why: str) -> FormsRefused:
        """The error for an instruction whose meaning is not implemented."""
        return self.refuse_all([Refusal(self.at.offset, self.at.text, why)])

    def refuse_all(self, refusals: Sequence[Refusal]) -> FormsRefused:
        """The same for several instructions."""
        kernel = f"{self.program.name} ({self.program.architecture.name})"
        return FormsRefused(kernel, refusals, "this is not emulated, so the kernel cannot be run")

    # registers, predicates, condition codes --------------------------------------------------------------

    def register(self, index: int) -> ir.Value:
        """Contents of a general register (RZ: zero)."""
        return (
            I32(0) if index == RZ else self.b.load(self._storage.slot(self.b, File.REGISTERS, index), typ=I32)
        )

    def set_register(self, index: int, value: ir.Value) -> None:
        """Write a general register (RZ swallows it)."""
        if index != RZ:
            self.b.store(value, self._storage.slot(self.b, File.REGISTERS, index))

    def uniform(self, index: int) -> ir.Value:
        """Contents of a register of the warp (URZ: zero)."""
        return (
            I32(0) if index == URZ else self.b.load(self._storage.slot(self.b, File.UNIFORM, index), typ=I32)
        )

    def set_uniform(self, index: int, value: ir.Value) -> None:
        """Write a register of the warp (URZ swallows it)."""
        if index != URZ:
            self.b.store(value, self._storage.slot(self.b, File.UNIFORM, index))

    def predicate(self, operand: Operand) -> ir.Value:
        """A predicate operand, negation applied."""
        assert isinstance(operand, Predicate | UniformPredicate)
        if operand.index == PT:
            return I1(0 if operand.negate else 1)
        value = self.b.load(self._predicate_slot(operand), typ=I8)
        return self.b.icmp_unsigned("==" if operand.negate else "!=", value, I8(0))

    def set_predicate(self, operand: Operand, value: ir.Value) -> None:
        """Write a predicate register (PT swallows it)."""
        assert isinstance(operand, Predicate | UniformPredicate)
        if operand.index != PT:
            self.b.store(self.b.zext(value, I8), self._predicate_slot(operand))

    def _predicate_slot(self, operand: Predicate | UniformPredicate) -> ir.Value:
        """Pointer to where it is kept."""
        return self._storage.slot(self.b, _PREDICATE_FILES[type(operand)], operand.index)

    def flag(self, letter: str) -> ir.Value:
        """Condition code Z, S, C or O as i8 (C: the carry count, 0 to 2)."""
        return self.b.load(self._storage.slot(self.b, File.CODES, CC_FLAGS.index(letter)), typ=I8)

    def set_flags(self, *, z: ir.Value, s: ir.Value, c: ir.Value, o: ir.Value) -> None:
        """Write the condition codes (i1 each; ``c`` may be i8 for a carry count)."""
        for letter, value in zip(CC_FLAGS, (z, s, c, o), strict=True):
            byte = value if value.type == I8 else self.b.zext(value, I8)
            self.b.store(byte, self._storage.slot(self.b, File.CODES, CC_FLAGS.index(letter)))

    def condition(self, operand: Operand) -> ir.Value:
        """An extra condition: a predicate or a test of the condition codes."""
        return self.code_test(operand.test) if isinstance(operand, ConditionTest) else self.predicate(operand)

    def code_test(self, test: str) -> ir.Value:
        """A test of the condition codes by its name: of signed and (LO, LS, HI, HS) unsigned order behind a
        subtraction, or of one flag (SFT: S is true).
        """
        zero, sign, carry, overflow = (self.b.icmp_unsigned("!=", self.flag(f), I8(0)) for f in CC_FLAGS)
        less, below = self.b.xor(sign, overflow), self.b.not_(carry)
        tests = {"EQ": zero, "LT": less, "LE": self.b.or_(zero, less), "T": I1(1)}
        tests |= {"SFT": sign, "CFT": carry, "OFT": overflow, "LO": below, "LS": self.b.or_(zero, below)}
        opposite = {"NE": "EQ", "GE": "LT", "GT": "LE", "F": "T", "HS": "LO", "HI": "LS"}
        opposite |= {"SFF": "SFT", "CFF": "CFT", "OFF": "OFT"}
        name = test.removesuffix("U")  # the unordered twins: integers are never unordered
        if name in tests:
            return tests[name]
        if name in opposite:
            return self.b.not_(tests[opposite[name]])
        raise self.refuse(f"condition-code test {test} is unknown")

    # operands --------------------------------------------------------------------------------------------

    def raw(self, operand: Operand) -> ir.Value:
        """The 32 bits of a register, constant or immediate, modifiers ignored."""
        if isinstance(operand, Register):
            return self.register(operand.index)
        if isinstance(operand, UniformRegister):
            return self.uniform(operand.index)
        if isinstance(operand, Immediate):
            return I32(operand.bits)
        if isinstance(operand, Constant):
            if operand.register is None:
                return self.build.fixed_constant(operand.bank, operand.offset)
            offset = self.b.add(self.register(operand.register), I32(operand.offset & 0xFFFFFFFF))
            return self.build.load(Space.CONSTANT, offset, 4, bank=operand.bank)[0]
        raise self.refuse(f"operand {operand} has no value")

    def integer(self, operand: Operand) -> ir.Value:
        """An integer operand: half, absolute value, then negation or inversion."""
        value = self.raw(operand)
        if not isinstance(operand, MARKED):
            return value
        if operand.half is not None:
            value = self.half(value, operand.half)
        if operand.byte is not None:
            value = self.b.and_(self.b.lshr(value, I32(8 * operand.byte)), I32(0xFF))
        if operand.absolute:
            negative = self.b.icmp_signed("<", value, I32(0))
            value = self.b.select(negative, self.b.neg(value), value)
        if operand.negate:
            value = self.b.neg(value)
        return self.b.not_(value) if operand.invert else value

    def half(self, value: ir.Value, half: Half | None) -> ir.Value:
        """A 16-bit half, zero-extended (no suffix means the low one)."""
        high = half in (Half.H1, Half.H1_H1)
        return self.b.lshr(value, I32(16)) if high else self.b.and_(value, I32(0xFFFF))

    def addend(self, operand: Operand, *, extended: bool) -> ir.Value:
        """An operand of a carrying addition as i64 in [0, 2**32].

        A negated operand counts as (~x) + 1 in 33 bits, so that -0 carries; in ``.X`` forms (``extended``) it
        is ~x alone, since the incoming carry is the + 1 (sass-semantics section 5a, IADD).
        """
        value = self.raw(operand)
        if not isinstance(operand, MARKED):
            return self.b.zext(value, I64)
        if operand.half is not None:
            value = self.half(value, operand.half)
        if operand.invert or (operand.negate and extended):
            return self.b.zext(self.b.not_(value), I64)
        if operand.negate:
            return self.b.add(self.b.zext(self.b.not_(value), I64), I64(1))
        return self.b.zext(value, I64)

    def floating(self, operand: Operand, *, ftz: bool = False) -> ir.Value:
        """A float operand: |x|, then -x, as operations on the sign bit; denormals flushed if asked."""
        bits = self.signed_bits(operand, self.raw(operand))
        if ftz:
            bits = self.flush(bits)
        return self.b.bitcast(bits, F32)

    def signed_bits(self, operand: Operand, bits: ir.Value) -> ir.Value:
        """The bits of a float with the operand's |x| and -x done to them."""
        if isinstance(operand, MARKED):
            if operand.absolute:
                bits = self.b.and_(bits, I32(0x7FFFFFFF))
            if operand.negate:
                bits = self.b.xor(bits, I32(0x80000000))
        return bits

    def flush(self, bits: ir.Value) -> ir.Value:
        """Denormals to zero of the same sign (on the bits of a float)."""
        exponent = self.b.and_(bits, I32(0x7F800000))
        return self.b.select(
            self.b.icmp_unsigned("==", exponent, I32(0)), self.b.and_(bits, I32(0x80000000)), bits
        )

    def write(self, operand: Operand, value: ir.Value) -> None:
        """Write the destination register, the thread's or the warp's."""
        self.write_words(operand, [value])

    def write_words(self, operand: Operand, values: Sequence[ir.Value]) -> None:
        """Write consecutive registers; what would be the zero register is lost."""
        assert isinstance(operand, Register | UniformRegister)
        zero, write = (RZ, self.set_register) if isinstance(operand, Register) else (URZ, self.set_uniform)
        for k, value in enumerate(values if operand.index != zero else ()):
            write(min(operand.index + k, zero), value)

    def write_pair(self, operand: Operand, value: ir.Value) -> None:
        """Write 64 bits to a register pair, low word first."""
        self.write_words(operand, [self.b.trunc(value, I32), self.b.trunc(self.b.lshr(value, I64(32)), I32)])

    def pair(self, operand: Operand) -> ir.Value:
        """The 64 bits of a register pair or constant pair (modifiers ignored)."""
        if isinstance(operand, Register):
            low, high = operand.index, RZ if operand.index == RZ else operand.index + 1
            return self._join(self.register(low), self.register(high))
        if isinstance(operand, UniformRegister):
            low, high = operand.index, URZ if operand.index == URZ else operand.index + 1
            return self._join(self.uniform(low), self.uniform(high))
        if isinstance(operand, Constant) and operand.register is None:
            words = [self.build.fixed_constant(operand.bank, operand.offset + k) for k in (0, 4)]
            return self._join(*words)
        raise self.refuse(f"operand {operand} has no 64-bit value")

    def _join(self, low: ir.Value, high: ir.Value) -> ir.Value:
        return self.b.or_(self.b.zext(low, I64), self.b.shl(self.b.zext(high, I64), I64(32)))

    # memory ----------------------------------------------------------------------------------------------

    def global_address(self, operand: Operand) -> ir.Value:
        """The 64-bit address of ``[R2.64+UR4+0x4]`` (the pairs R2, R3 and UR4, UR5)."""
        assert isinstance(operand, Address)
        if operand.scale != 1:
            raise self.refuse("scaled global addresses are unknown")
        base = I64(0) if operand.register is None else self.pair(Register(operand.register))
        if operand.uniform is not None:
            base = self.b.add(base, self.pair(UniformRegister(operand.uniform)))
        return self.b.add(base, I64(operand.offset))

    def shared_address(self, operand: Operand) -> ir.Value:
        """The 32-bit address of ``[R7.X4+UR4+0x100]``."""
        assert isinstance(operand, Address)
        base = I32(0) if operand.register is None else self.register(operand.register)
        base = self.b.mul(base, I32(operand.scale))
        if operand.uniform is not None:
            base = self.b.add(base, self.uniform(operand.uniform))
        return self.b.add(base, I32(operand.offset & 0xFFFFFFFF))

    def intrinsic(self, name: str, kind: ir.Type, *arguments: ir.Value) -> ir.Value:
        """Call an LLVM intrinsic overloaded on one type whose arguments are all of that type."""
        function = self.b.module.declare_intrinsic(
            name, [kind], ir.FunctionType(kind, [a.type for a in arguments])
        )
        return self.b.call(function, arguments)
