"""What is made of the values of a window, one after the other (``cuda/gather.cuh``), as LLVM IR."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import float_of
from sassafras.kernels import float_ops
from sassafras.kernels.float_ops import constant
from sassafras.kernels.window_ir import Gathering, Window


def _largest(builder: ir.IRBuilder, so_far: ir.Value, value: ir.Value) -> ir.Value:
    return _better(builder, builder.fcmp_ordered(">", value, so_far), so_far, value)


def _smallest(builder: ir.IRBuilder, so_far: ir.Value, value: ir.Value) -> ir.Value:
    return _better(builder, builder.fcmp_ordered("<", value, so_far), so_far, value)


def _better(builder: ir.IRBuilder, better: ir.Value, so_far: ir.Value, value: ir.Value) -> ir.Value:
    is_nan = builder.fcmp_unordered("uno", value, value)
    return builder.select(builder.or_(better, is_nan), value, so_far)


def as_it_is(_builder: ir.IRBuilder, window: Window) -> ir.Value:
    """What has been gathered."""
    return window.gathered


LARGEST = Gathering(lambda builder: float_of(builder, 0xFF800000), _largest, as_it_is)
SMALLEST = Gathering(lambda builder: float_of(builder, 0x7F800000), _smallest, as_it_is)


def zero(_builder: ir.IRBuilder) -> ir.Value:
    """Where sums begin."""
    return constant(0.0)


def add(builder: ir.IRBuilder, so_far: ir.Value, value: ir.Value) -> ir.Value:
    """The next value of a sum."""
    return float_ops.add(builder, so_far, value)
