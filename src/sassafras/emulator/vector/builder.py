"""An IR builder that lifts: an operation with one wide operand is carried out on every lane, its scalar
operands splatted; an operation on scalars stays one.

Semantic functions are written for one thread. Given this builder, and registers that are wide, they emit the
vectors of a warp without a change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from sassafras.building import I1, I32
from sassafras.emulator.vector.lanes import Each, NoWideForm, Shape, Splat, Wide, WideSlot

Value = Any  #: an ``ir.Value`` or a `Wide` one
_TYPE_SUFFIX = re.compile(r"(\.[if]\d+)+$")
_BINARY = (
    *("add", "sub", "mul", "and_", "or_", "xor", "shl", "lshr", "ashr", "udiv", "sdiv", "urem", "srem"),
    *("fadd", "fsub", "fmul", "fdiv", "frem"),
)
_CASTS = (*("trunc", "zext", "sext", "fpext", "fptrunc", "fptosi", "fptoui", "sitofp", "uitofp", "bitcast"),)
_COMPARISONS = ("icmp_signed", "icmp_unsigned", "fcmp_ordered", "fcmp_unordered")


class WideBuilder(ir.IRBuilder):  # type: ignore[misc]  # llvmlite has no types
    """``guard``: which lanes' writes to registers happen (a truth value, wide or not); None: all of them."""

    def __init__(self, block: ir.Block, shape: Shape) -> None:
        super().__init__(block)
        self.shape = shape
        self.guard: Value | None = None
        self._raw_slots: list[WideSlot] = []

    # lifting ---------------------------------------------------------------------------------------------

    def splat(self, value: Value) -> Wide:
        """A value as a wide one."""
        if isinstance(value, Wide):
            return value
        vector = self.shape.vector(value.type)
        if isinstance(value, ir.Constant):
            part: ir.Value = Splat(vector, value)
        else:
            one = super().insert_element(ir.Constant(vector, ir.Undefined), value, I32(0))
            zeros = ir.Constant(ir.VectorType(I32, self.shape.lanes), 0)
            part = super().shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)
        return Wide([part] * self.shape.parts, value.type)

    def each(self, operation: Each, kind: ir.Type, *operands: Value) -> Wide:
        """An operation on each part of the operands, which gives lanes of type ``kind``."""
        wide = [self.splat(operand) for operand in operands]
        return Wide([operation(*(w.parts[k] for w in wide)) for k in self.shape.all], kind)

    def lifted(self, name: str, *operands: Value, kind: ir.Type | None = None) -> Value:
        """The operation ``name`` of the builder; ``kind``: of its result, None: that of the operands."""
        scalar = getattr(super(), name)
        if not any(isinstance(operand, Wide) for operand in operands):
            return scalar(*operands)
        if name in ("fadd", "fsub", "fmul", "fdiv"):
            operands = tuple(_any_nan(operand) for operand in operands)
        return self.each(scalar, kind or operands[0].type, *operands)

    def _cast(self, name: str, value: Value, kind: ir.Type) -> Value:
        scalar = getattr(super(), name)
        if not isinstance(value, Wide):
            return scalar(value, kind)
        if value.type == kind:
            return value
        vector = self.shape.vector(kind)
        cast = Wide([scalar(part, vector) for part in value.parts], kind)
        if name == "bitcast":
            cast.bits_of = value
            cast.raw = None if value.raw is None else self._cast(name, value.raw, kind)
        return cast

    def _compare(self, name: str, operation: str, a: Value, b: Value) -> Value:
        scalar = getattr(super(), name)
        if not (isinstance(a, Wide) or isinstance(b, Wide)):
            return scalar(operation, a, b)
        truth = self.each(lambda x, y: scalar(operation, x, y), I1, a, b)
        if operation == "uno" and a is b:
            truth.nan_of = a
        return truth

    # what is not alike -----------------------------------------------------------------------------------

    def not_(self, value: Value, name: str = "") -> Value:
        """Every bit turned."""
        return self.xor(value, ir.Constant(value.type, -1))

    def neg(self, value: Value, name: str = "") -> Value:
        """0 - value."""
        return self.sub(ir.Constant(value.type, 0), value)

    def fneg(self, value: Value, name: str = "", flags: Sequence[str] = ()) -> Value:
        """The sign turned."""
        return self.lifted("fneg", value)

    def select(self, cond: Value, lhs: Value, rhs: Value, name: str = "", flags: Sequence[str] = ()) -> Value:
        """``lhs`` where ``cond`` holds. A scalar condition chooses between whole vectors."""
        scalar = super().select
        if isinstance(cond, Wide):
            chosen = self.each(scalar, lhs.type, cond, lhs, rhs)
            asked = cond.nan_of
            if asked is not None and _is_nan(lhs) and isinstance(rhs, Wide) and asked in (rhs, rhs.bits_of):
                chosen.raw = rhs
            return chosen
        if not (isinstance(lhs, Wide) or isinstance(rhs, Wide)):
            return scalar(cond, lhs, rhs)
        return self.each(lambda x, y: scalar(cond, x, y), lhs.type, lhs, rhs)

    def call(self, fn: Value, args: Sequence[Value], *more: Any, **named: Any) -> Value:
        """Of an intrinsic on wide values, that of the vectors."""
        if not any(isinstance(argument, Wide) for argument in args):
            return super().call(fn, args, *more, **named)
        suffix = _TYPE_SUFFIX.search(fn.name)
        if suffix is None or not fn.name.startswith("llvm."):
            raise NoWideForm(f"{fn.name} is not for vectors")
        kind = fn.function_type
        vector_kind = ir.FunctionType(
            self.shape.vector(kind.return_type),
            [one if one == I1 else self.shape.vector(one) for one in kind.args],
        )
        lanes = f".v{self.shape.lanes}"
        name = fn.name[: suffix.start()] + suffix[0].replace(".", lanes)
        function = self.function_named(name, vector_kind)
        if fn.name.startswith("llvm.fma."):
            args = [_any_nan(argument) for argument in args]
        # Flags of an intrinsic are constants of one bit, and stay scalar.
        wide = [a if one == I1 else self.splat(a) for a, one in zip(args, kind.args, strict=True)]
        scalar = super().call
        return Wide(
            [
                scalar(function, [w.parts[k] if isinstance(w, Wide) else w for w in wide])
                for k in self.shape.all
            ],
            kind.return_type,
        )

    def function_named(self, name: str, kind: ir.FunctionType) -> ir.Function:
        """A function of the module, declared when first asked for."""
        known = self.module.globals.get(name)
        return known if known is not None else ir.Function(self.module, kind, name)

    def load(self, ptr: Value, *more: Any, **named: Any) -> Value:
        """Of a wide slot, what it holds."""
        if not isinstance(ptr, WideSlot):
            return super().load(ptr, *more, **named)
        vector = self.shape.vector(ptr.kind)
        found = Wide([super(WideBuilder, self).load(part, typ=vector) for part in ptr.parts], ptr.kind)
        found.raw = ptr.raw
        return found

    def store(self, value: Value, ptr: Value, *more: Any, **named: Any) -> Value:
        """To a wide slot: in the lanes that ``guard`` names."""
        if not isinstance(ptr, WideSlot):
            return super().store(value, ptr, *more, **named)
        if self.guard is not None:
            value = self.select(self.guard, self.splat(value), self.load(ptr))
        wide = self.splat(value)
        for part, place in zip(wide.parts, ptr.parts, strict=True):
            super().store(part, place)
        ptr.raw = wide.raw
        if ptr.raw is not None:
            self._raw_slots.append(ptr)
        return None

    def forget_raw(self) -> None:
        """A block begins: what slots hold may come from elsewhere."""
        for slot in self._raw_slots:
            slot.raw = None
        self._raw_slots.clear()

    # lanes as bits ---------------------------------------------------------------------------------------

    def bits(self, truth: Value) -> ir.Value:
        """A truth value as a word with a bit per lane."""
        wide = self.splat(truth)
        small = ir.IntType(self.shape.lanes)
        word: ir.Value = I32(0)
        for k, part in enumerate(wide.parts):
            piece = self.zext(self.bitcast(part, small), I32)
            word = piece if k == 0 else self.or_(word, self.shl(piece, I32(k * self.shape.lanes)))
        return word

    def truths(self, word: ir.Value) -> Wide:
        """A word with a bit per lane as a truth value."""
        small, vector = ir.IntType(self.shape.lanes), self.shape.vector(I1)
        parts = []
        for k in self.shape.all:
            moved = word if k == 0 else self.lshr(word, I32(k * self.shape.lanes))
            parts.append(self.bitcast(self.trunc(moved, small), vector))
        return Wide(parts, I1)


def _is_nan(value: Value) -> bool:
    """Whether it is a constant that is a NaN, as bits of single or double precision."""
    constant = getattr(value, "constant", None) if isinstance(value, ir.Constant) else None
    return constant in (0x7FFFFFFF, 0xFFF8000000000000)


def _any_nan(value: Value) -> Value:
    """A value for an operation that makes the same of every NaN: without the step that made it the one NaN.
    The chain of sums of a product is half as long without these steps.
    """
    return value if not isinstance(value, Wide) or value.raw is None else value.raw


def _plain(name: str) -> Callable[..., Value]:
    def operation(self: WideBuilder, a: Value, b: Value, *_: Any, **__: Any) -> Value:
        return self.lifted(name, a, b)

    return operation


def _cast(name: str) -> Callable[..., Value]:
    def operation(self: WideBuilder, value: Value, kind: ir.Type, *_: Any, **__: Any) -> Value:
        return self._cast(name, value, kind)

    return operation


def _comparison(name: str) -> Callable[..., Value]:
    def operation(self: WideBuilder, cmpop: str, a: Value, b: Value, *_: Any, **__: Any) -> Value:
        return self._compare(name, cmpop, a, b)

    return operation


for _names, _make in ((_BINARY, _plain), (_CASTS, _cast), (_COMPARISONS, _comparison)):
    for _name in _names:
        setattr(WideBuilder, _name, _make(_name))
