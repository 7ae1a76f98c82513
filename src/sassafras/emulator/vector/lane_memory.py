"""Loads and stores whose lanes go each their own way: out of line, with every address checked."""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from sassafras.architectures.multiprocessor import WARP
from sassafras.building import I1, I8, I32, I64, POINTER
from sassafras.emulator.layout import CONTEXT, offset_of
from sassafras.emulator.storage import state_pointer
from sassafras.emulator.vector.builder import Value, WideBuilder
from sassafras.emulator.vector.journal import Journal
from sassafras.emulator.vector.lanes import Shape, Wide
from sassafras.emulator.vector.scheduling import each_lane
from sassafras.isa.kinds import Space


@dataclass(frozen=True)
class Field:
    """Where an access goes, and how much it moves: a space (a bank, of constant memory), bytes."""

    space: Space
    bank: int
    nbytes: int

    @property
    def kind(self) -> ir.IntType:
        """What one lane moves at a time: words, or something narrower."""
        return ir.IntType(8 * min(self.nbytes, 4))

    @property
    def words(self) -> int:
        """How many of them."""
        return max(1, self.nbytes // 4)

    @property
    def address(self) -> ir.IntType:
        """The type of an address."""
        return I64 if self.space is Space.GLOBAL else I32

    @property
    def _names(self) -> tuple[str, str]:
        match self.space:
            case Space.GLOBAL:
                return "memory", "memory_bytes"
            case Space.SHARED:
                return "shared", "shared_bytes"
            case _:
                return f"constant{self.bank}", f"constant{self.bank}_bytes"

    def start(self, b: WideBuilder, context: ir.Value) -> ir.Value:
        """Pointer to the first byte."""
        return b.load(state_pointer(b, context, offset_of(CONTEXT, self._names[0])), typ=POINTER)

    def size(self, b: WideBuilder, context: ir.Value) -> ir.Value:
        """Bytes (i64)."""
        return b.load(state_pointer(b, context, offset_of(CONTEXT, self._names[1])), typ=I64)

    def offset(self, b: WideBuilder, context: ir.Value, address: Value) -> Value:
        """Of an address, from the first byte on (i64); beyond 2^63 in front of it."""
        if self.space is not Space.GLOBAL:
            return b.zext(address, I64)
        base = b.load(state_pointer(b, context, offset_of(CONTEXT, "device_base")), typ=I64)
        return b.sub(address, base)

    def wrong(self, b: WideBuilder, context: ir.Value, address: Value, offset: Value) -> Value:
        """Whether an access there traps, and how a scalar build would find that out does not matter."""
        last = b.sub(self.size(b, context), I64(self.nbytes))
        beyond = b.or_(b.icmp_unsigned(">", offset, last), b.icmp_signed("<", last, I64(0)))
        if self.nbytes == 1:
            return beyond
        low = b.and_(address, address.type(self.nbytes - 1))
        return b.or_(beyond, b.icmp_unsigned("!=", low, address.type(0)))

    def __str__(self) -> str:
        return f"{self.space.value}{self.bank}_{self.nbytes}"


class LaneMemory:
    """Writes these functions into a module, each when first asked for."""

    def __init__(self, module: ir.Module, shape: Shape) -> None:
        self._module = module
        self._shape = shape

    def _function(
        self, name: str, result: ir.Type, arguments: list[ir.Type]
    ) -> tuple[ir.Function, WideBuilder | None]:
        """A function, and what writes it unless it is there."""
        known = self._module.globals.get(name)
        if known is not None:
            return known, None
        function = ir.Function(self._module, ir.FunctionType(result, arguments), name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        function.attributes.add("cold")
        return function, WideBuilder(function.append_basic_block("entry"), self._shape)

    def load(self, field: Field) -> ir.Function:
        """``load(context, lanes, addresses ...) -> (i1, values ...)``: the parts of each word in turn. The
        truth value: whether a lane would trap.
        """
        shape = self._shape
        vector = shape.vector(field.kind)
        result = ir.LiteralStructType([I1, *([vector] * (shape.parts * field.words))])
        function, b = self._function(
            f"load_{field}", result, [POINTER, I32, *([shape.vector(field.address)] * shape.parts)]
        )
        if b is None:
            return function
        context, lanes, *parts = function.args
        address = Wide(parts, field.address)
        offset = field.offset(b, context, address)
        wrong = b.and_(b.bits(field.wrong(b, context, address, offset)), lanes)
        with b.if_then(b.icmp_unsigned("!=", wrong, I32(0))):
            b.ret(b.insert_value(ir.Constant(result, ir.Undefined), I1(1), 0))
        found = b.insert_value(ir.Constant(result, ir.Undefined), I1(0), 0)
        number = 1
        for word in range(field.words):
            for part in self._gather(b, field, context, lanes, offset, 4 * word).parts:
                found = b.insert_value(found, part, number)
                number += 1
        b.ret(found)
        return function

    def _gather(
        self, b: WideBuilder, field: Field, context: ir.Value, lanes: ir.Value, offset: Wide, more: int
    ) -> Wide:
        shape, start, mask = self._shape, field.start(b, context), b.truths(lanes)
        vector = shape.vector(field.kind)
        kind = ir.FunctionType(vector, [shape.vector(POINTER), I32, shape.vector(I1), vector])
        gather = b.function_named(f"llvm.masked.gather.v{shape.lanes}{field.kind}.v{shape.lanes}p0", kind)
        values = []
        for part, chosen in zip(b.add(offset, I64(more)).parts, mask.parts, strict=True):
            places = pointers(b, start, part)
            zero = ir.Constant(vector, 0)
            values.append(b.call(gather, [places, I32(min(field.nbytes, 4)), chosen, zero]))
        return Wide(values, field.kind)

    def store(self, field: Field) -> ir.Function:
        """``store(context, lanes, addresses ..., values ...) -> i1``: lane by lane, so that the highest
        lane's value stays. True where a lane would trap or the journal is full; nothing is stored then.
        """
        shape = self._shape
        arguments = [POINTER, I32, *([shape.vector(field.address)] * shape.parts)]
        arguments += [shape.vector(field.kind)] * (shape.parts * field.words)
        function, b = self._function(f"store_{field}", I1, arguments)
        if b is None:
            return function
        context, lanes, *parts = function.args
        address = Wide(parts[: shape.parts], field.address)
        values = parts[shape.parts :]
        words = [
            Wide(values[k * shape.parts : (k + 1) * shape.parts], field.kind) for k in range(field.words)
        ]
        arrays = [in_memory(b, word) for word in words]
        offset = field.offset(b, context, address)
        offsets = in_memory(b, offset)
        wrong = b.and_(b.bits(field.wrong(b, context, address, offset)), lanes)
        bad = b.icmp_unsigned("!=", wrong, I32(0))
        if field.space is Space.GLOBAL:
            bad = b.or_(bad, Journal(b, context).full(WARP))
        with b.if_then(bad):
            b.ret(I1(1))
        self._store_lanes(b, field, context, lanes, offsets, arrays)
        return function

    @staticmethod
    def _store_lanes(
        b: WideBuilder,
        field: Field,
        context: ir.Value,
        lanes: ir.Value,
        offsets: ir.Value,
        arrays: list[ir.Value],
    ) -> None:
        done, start = b.append_basic_block("done"), field.start(b, context)
        lane, end = each_lane(b, lanes)
        offset = b.load(b.gep(offsets, [lane], source_etype=I64), typ=I64)
        pointer = b.gep(start, [offset], source_etype=I8)
        if field.space is Space.GLOBAL:
            Journal(b, context).note(context, pointer, offset, field.nbytes)
        for k, array in enumerate(arrays):
            value = b.load(b.gep(array, [lane], source_etype=field.kind), typ=field.kind)
            b.store(value, state_pointer(b, pointer, 4 * k), align=min(field.nbytes, 4))
        end(done)
        b.position_at_end(done)
        b.ret(I1(0))


def pointers(b: WideBuilder, start: ir.Value, offsets: ir.Value) -> ir.Value:
    """A vector of pointers: one start, an offset in bytes per lane."""
    (starts, *_) = b.splat(start).parts
    return b.gep(starts, [offsets], source_etype=I8)


def in_memory(b: WideBuilder, value: Wide) -> ir.Value:
    """A wide value as an array of ``WARP`` elements, for lanes chosen by number."""
    size = value.type.width // 8 * b.shape.lanes
    with b.goto_entry_block():
        array = b.alloca(value.type, size=I32(b.shape.lanes * b.shape.parts))
    array.align = 64
    array.type = POINTER  # else llvmlite takes it for one of single elements
    for k, part in enumerate(value.parts):
        b.store(part, state_pointer(b, array, k * size), align=min(size, 64))
    return array
