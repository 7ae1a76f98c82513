"""The kernel ``map_neg`` (``cuda/map_neg.cu``): -x."""

from __future__ import annotations

from llvmlite import ir

from sassafras.emulator.semantics.transcendental import emit_canonical_nan
from sassafras.kernels.map_kernel import map_kernel


def formula(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Of one value."""
    return emit_canonical_nan(builder, builder.fneg(x))


MAP_NEG = map_kernel("map_neg", "negation", formula)
