"""What the checksums of ``cuda/hardened/gemm_check.cu`` add up, as native code: every chain in the kernel's
order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from llvmlite import ir

from sassafras.building import I32, I64, POINTER, VOID, add_entry, counting, i64
from sassafras.kernels.entries import Signature, load
from sassafras.kernels.gemm_tile import FLOAT, at

CHECKED = 2.0**126  #: sums of absolute values from here on are not checked
_SUM: Signature = (I64, I64, I64, POINTER, I64, POINTER, I64, POINTER)
SIGNATURES: dict[str, Signature] = {
    "add_products": _SUM,
    "add_absolute_products": _SUM,
    "flag": (I64, POINTER, POINTER, POINTER, POINTER, POINTER),
}


def _load(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    return builder.load(address, align=4, typ=FLOAT)


def _absolute(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    kind = ir.FunctionType(FLOAT, [FLOAT])
    known = builder.module.globals.get("llvm.fabs.f32")
    return builder.call(known or ir.Function(builder.module, kind, "llvm.fabs.f32"), [value])


def _worker(module: ir.Module, name: str) -> tuple[ir.Function, ir.IRBuilder]:
    function = ir.Function(module, ir.FunctionType(VOID, SIGNATURES[name]), f"{name}_worker")
    function.linkage = "internal"
    return function, ir.IRBuilder(function.append_basic_block("entry"))


def _emit_sum(module: ir.Module, name: str, *, absolute: bool) -> None:
    """sums[i % slots][q] = fma(factors[i * factor_step], data[i * data_step + q], sums[i % slots][q]), i
    ascending.

    Arguments: steps, slots, count (of q), factors, factor_step, data, data_step, sums (slots x count).
    """
    function, builder = _worker(module, name)
    steps, slots, count, factors, factor_step, data, data_step, sums = function.args
    sums.add_attribute("noalias")
    with counting(builder, i64(0), steps, i64(1)) as i:
        factor = _load(builder, at(builder, factors, builder.mul(i, factor_step)))
        row = at(builder, data, builder.mul(i, data_step))
        target = at(builder, sums, builder.mul(builder.urem(i, slots), count))
        with counting(builder, i64(0), count, i64(1)) as q:
            value = _load(builder, at(builder, row, q))
            if absolute:
                value = _absolute(builder, value)
            place = at(builder, target, q)
            builder.store(builder.fma(factor, value, _load(builder, place)), place, align=4)
    builder.ret_void()
    add_entry(module, function, name)


def _emit_flag(module: ir.Module) -> None:
    """flags[q] = size < CHECKED and not |found - expected| <= fma(size, tolerance, smallest), as int.

    Arguments: count, found, expected, size, (tolerance, smallest), flags.
    """
    function, builder = _worker(module, "flag")
    count, found, expected, size, bounds, flags = function.args
    flags.add_attribute("noalias")
    tolerance, smallest = _load(builder, bounds), _load(builder, at(builder, bounds, i64(1)))
    with counting(builder, i64(0), count, i64(1)) as q:
        of_all = _load(builder, at(builder, size, q))
        error = builder.fsub(_load(builder, at(builder, found, q)), _load(builder, at(builder, expected, q)))
        allowed = builder.fma(of_all, tolerance, smallest)
        wrong = builder.fcmp_unordered(">", _absolute(builder, error), allowed)
        checked = builder.fcmp_ordered("<", of_all, ir.Constant(FLOAT, CHECKED))
        builder.store(builder.zext(builder.and_(checked, wrong), I32), at(builder, flags, q), align=4)
    builder.ret_void()
    add_entry(module, function, "flag")


def build_module() -> ir.Module:
    """The module of ``SIGNATURES``."""
    module = ir.Module("gemm_check")
    _emit_sum(module, "add_products", absolute=False)
    _emit_sum(module, "add_absolute_products", absolute=True)
    _emit_flag(module)
    return module


@cache
def native() -> dict[str, Callable[..., None]]:
    """The compiled functions: ``add_products``, ``add_absolute_products``, ``flag``."""
    return load("gemm_check", build_module, "hardened.check_ir", SIGNATURES, vectorize=True)
