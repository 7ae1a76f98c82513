"""Native code of the twins that compute element by element: activations and their bounds, biases, sums,
softmax, max-pooling.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from llvmlite import ir

from sassafras.building import I64, POINTER, VOID, add_entry, counting, i64
from sassafras.emulator.semantics.transcendental import FLOAT, bits_of, float_of
from sassafras.kernels.activation import Activation
from sassafras.kernels.activation_ir import EMITTERS
from sassafras.kernels.entries import Signature, load
from sassafras.kernels.float_ops import add, constant, divide, exponential, multiply
from sassafras.kernels.gemm_tile import at
from sassafras.kernels.maxpool_ir import MAXPOOL_ARGUMENTS, Start, emit_maxpool_rows

MINUS_INFINITY = 0xFF800000
SIGNATURES: dict[str, Signature] = {
    **{f"activate_{activation.value}": (POINTER, I64) for activation in Activation},
    "add_bias": (POINTER, POINTER, I64, I64, I64),
    "add": (POINTER, POINTER, POINTER, I64),
    "softmax": (POINTER, I64, I64, POINTER, POINTER),
    "clamp": (POINTER, I64, POINTER),
    **{start.value: MAXPOOL_ARGUMENTS for start in Start},
}


def _worker(module: ir.Module, name: str) -> tuple[ir.Function, ir.IRBuilder]:
    function = ir.Function(module, ir.FunctionType(VOID, SIGNATURES[name]), f"{name}_worker")
    function.linkage = "internal"
    return function, ir.IRBuilder(function.append_basic_block("entry"))


def _load(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    return builder.load(address, align=4, typ=FLOAT)


def _emit_activation(module: ir.Module, activation: Activation) -> None:
    """In place. Arguments: x, n."""
    name = f"activate_{activation.value}"
    function, builder = _worker(module, name)
    x, n = function.args
    with counting(builder, i64(0), n, i64(1)) as i:
        place = at(builder, x, i)
        builder.store(EMITTERS[activation](builder, _load(builder, place)), place, align=4)
    builder.ret_void()
    add_entry(module, function, name)


def _emit_clamp(module: ir.Module) -> None:
    """``fminf(fmaxf(value, low), high)`` as two FMNMX: a NaN becomes low, -0 lies below +0. In place.
    Arguments: x, n, address of low and high (neither a NaN).
    """
    function, builder = _worker(module, "clamp")
    x, n, bounds = function.args
    low, high = (_load(builder, at(builder, bounds, i64(k))) for k in range(2))
    with counting(builder, i64(0), n, i64(1)) as i:
        place = at(builder, x, i)
        value = _load(builder, place)
        takes_low = builder.or_(builder.fcmp_unordered("uno", value, value), _below(builder, value, low))
        raised = builder.select(takes_low, low, value)
        builder.store(builder.select(_below(builder, high, raised), high, raised), place, align=4)
    builder.ret_void()
    add_entry(module, function, "clamp")


def _below(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """a < b, where -0 < +0."""
    signs = builder.icmp_signed("<", bits_of(builder, a), bits_of(builder, b))
    equal = builder.and_(builder.fcmp_ordered("==", a, b), signs)
    return builder.or_(builder.fcmp_ordered("<", a, b), equal)


def _emit_add_bias(module: ir.Module) -> None:
    """Add one value to every element of a filter's output. Arguments: output, biases, batch, n, size."""
    function, builder = _worker(module, "add_bias")
    output, biases, batch, n, size = function.args
    output.add_attribute("noalias")
    with counting(builder, i64(0), batch, i64(1)) as image, counting(builder, i64(0), n, i64(1)) as filter_:
        bias = _load(builder, at(builder, biases, filter_))
        plane = at(builder, output, builder.mul(builder.add(builder.mul(image, n), filter_), size))
        with counting(builder, i64(0), size, i64(1)) as i:
            place = at(builder, plane, i)
            builder.store(add(builder, _load(builder, place), bias), place, align=4)
    builder.ret_void()
    add_entry(module, function, "add_bias")


def _emit_add(module: ir.Module) -> None:
    """Add two arrays; the result may be one of them. Arguments: a, b, output, n."""
    function, builder = _worker(module, "add")
    a, b, output, n = function.args
    with counting(builder, i64(0), n, i64(1)) as i:
        total = add(builder, _load(builder, at(builder, a, i)), _load(builder, at(builder, b, i)))
        builder.store(total, at(builder, output, i), align=4)
    builder.ret_void()
    add_entry(module, function, "add")


def _emit_softmax(module: ir.Module) -> None:
    """One (image, group), in the order of ``cuda/softmax.cu``. Arguments: input, n, stride, address of temp,
    output.
    """
    function, builder = _worker(module, "softmax")
    source, n, stride, temp_at, target = function.args
    temp = _load(builder, temp_at)
    largest, total = builder.alloca(FLOAT), builder.alloca(FLOAT)
    builder.store(float_of(builder, MINUS_INFINITY), largest)
    builder.store(constant(0.0), total)
    with counting(builder, i64(0), n, i64(1)) as i:
        value = _load(builder, at(builder, source, builder.mul(i, stride)))
        so_far = builder.load(largest, typ=FLOAT)
        more = builder.fcmp_ordered(">", value, so_far)
        builder.store(builder.select(more, value, so_far), largest)
    top = divide(builder, builder.load(largest, typ=FLOAT), temp)
    with counting(builder, i64(0), n, i64(1)) as i:
        offset = builder.mul(i, stride)
        value = divide(builder, _load(builder, at(builder, source, offset)), temp)
        power, factor = exponential(builder, add(builder, value, builder.fneg(top)))
        e = multiply(builder, power, factor)
        builder.store(add(builder, builder.load(total, typ=FLOAT), e), total)
        builder.store(e, at(builder, target, offset), align=4)
    with counting(builder, i64(0), n, i64(1)) as i:
        place = at(builder, target, builder.mul(i, stride))
        quotient = divide(builder, _load(builder, place), builder.load(total, typ=FLOAT))
        builder.store(quotient, place, align=4)
    builder.ret_void()
    add_entry(module, function, "softmax")


def build_module() -> ir.Module:
    """The module of ``SIGNATURES``."""
    module = ir.Module("elementwise")
    for activation in Activation:
        _emit_activation(module, activation)
    _emit_clamp(module)
    _emit_add_bias(module)
    _emit_add(module)
    _emit_softmax(module)
    for start in Start:
        function, builder = _worker(module, start.value)
        emit_maxpool_rows(builder, start, *function.args)
        add_entry(module, function, start.value)
    return module


@cache
def native() -> dict[str, Callable[..., None]]:
    """The compiled functions: ``activate_0`` ... ``activate_7``, ``clamp``, ``add_bias``, ``add``,
    ``softmax``, and max-pooling by ``Start``.
    """
    return load("elementwise", build_module, "elementwise", SIGNATURES, vectorize=True)
