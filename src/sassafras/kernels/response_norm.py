"""The kernel ``response_norm`` (``cuda/response_norm.cu``): local response normalisation over channels."""

from __future__ import annotations

from llvmlite import ir

from sassafras.kernels.arguments import Arguments
from sassafras.kernels.float_ops import multiply, multiply_add
from sassafras.kernels.functions_ir import quick_power
from sassafras.kernels.gathering import zero
from sassafras.kernels.kernel import Role
from sassafras.kernels.window_ir import Gathering, Window
from sassafras.kernels.window_kernel import Axes, Axis, window_kernel


def _add_square(builder: ir.IRBuilder, so_far: ir.Value, value: ir.Value) -> ir.Value:
    return multiply_add(builder, value, value, so_far)


def _normalised(builder: ir.IRBuilder, window: Window) -> ir.Value:
    bias, scale, exponent = (window.number(builder, k) for k in range(3))
    base = multiply_add(builder, scale, window.gathered, bias)
    return multiply(builder, window.value(), quick_power(builder, base, exponent))


def _axes(arguments: Arguments) -> Axes:
    """Windows of neighbouring channels; pixels in one row."""
    n, channels, pixels = (int(arguments[name]) for name in ("n", "channels", "pixels"))
    before, after = int(arguments["before"]), int(arguments["after"])
    assert n == channels * pixels
    return Axis(channels, channels, before + after + 1, start=-before), Axis(1, 1), Axis(pixels, pixels)


RESPONSE_NORM = window_kernel(
    "response_norm",
    Role("local response normalisation", "division by neighbouring channels"),
    ("channels", "pixels", "before", "after"),
    _axes,
    Gathering(zero, _add_square, _normalised),
    ("bias", "scale", "exponent"),
)
