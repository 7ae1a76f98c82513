"""Native code of the twins that compute element by element: activations and their bounds, biases, scales,
sums, averages, softmax, max-pooling.
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
from sassafras.kernels.float_ops import add, constant, divide, exponential, multiply, multiply_add
from sassafras.kernels.gemm_tile import at
from sassafras.kernels.maxpool_ir import MAXPOOL_ARGUMENTS, Start, emit_maxpool_rows

MINUS_INFINITY = 0xFF800000
SIGNATURES: dict[str, Signature] = {
    **{f"activate_{activation.value}": (POINTER, I64) for activation in Activation},
    "add_bias": (POINTER, POINTER, I64, I64, I64),
    "scale_bias": (POINTER, POINTER, I64, I64, I64),
    "normalize": (POINTER, POINTER, POINTER, I64, I64, I64),
    "add": (POINTER, POINTER, POINTER, I64),
    "average": (POINTER, POINTER, I64, I64),
    "softmax": (POINTER, I64, I64, POINTER, POINTER),
    "clamp": (POINTER, I64, POINTER),
    "level": (POINTER, I64, POINTER),
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


def _emit_level(module: ir.Module) -> None:
    """value * scale + translate as one FFMA. In place. Arguments: x, n, address of scale and translate."""
    function, builder = _worker(module, "level")
    x, n, numbers = function.args
    scale, translate = (_load(builder, at(builder, numbers, i64(k))) for k in range(2))
    with counting(builder, i64(0), n, i64(1)) as i:
        place = at(builder, x, i)
        builder.store(multiply_add(builder, _load(builder, place), scale, translate), place, align=4)
    builder.ret_void()
    add_entry(module, function, "level")


def _below(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """a < b, where -0 < +0."""
    signs = builder.icmp_signed("<", bits_of(builder, a), bits_of(builder, b))
    equal = builder.and_(builder.fcmp_ordered("==", a, b), signs)
    return builder.or_(builder.fcmp_ordered("<", a, b), equal)


def _emit_by_channel(
    module: ir.Module, name: str, change: Callable[[ir.IRBuilder, ir.Value, list[ir.Value]], ir.Value]
) -> None:
    """Change every element of a channel by that channel's values. Arguments: elements, the vectors of values,
    batch, n, size.
    """
    function, builder = _worker(module, name)
    output, *vectors, batch, n, size = function.args
    output.add_attribute("noalias")
    with counting(builder, i64(0), batch, i64(1)) as image, counting(builder, i64(0), n, i64(1)) as channel:
        values = [_load(builder, at(builder, vector, channel)) for vector in vectors]
        plane = at(builder, output, builder.mul(builder.add(builder.mul(image, n), channel), size))
        with counting(builder, i64(0), size, i64(1)) as i:
            place = at(builder, plane, i)
            builder.store(change(builder, _load(builder, place), values), place, align=4)
    builder.ret_void()
    add_entry(module, function, name)


_BY_CHANNEL: dict[str, Callable[[ir.IRBuilder, ir.Value, list[ir.Value]], ir.Value]] = {
    "add_bias": lambda builder, x, values: add(builder, x, values[0]),
    "scale_bias": lambda builder, x, values: multiply(builder, x, values[0]),
    "normalize": lambda builder, x, values: divide(
        builder, add(builder, x, builder.fneg(values[0])), values[1]
    ),
}
"""What is done by channel. ``normalize``: mean, root of the variance and epsilon."""


def _emit_add(module: ir.Module) -> None:
    """Add two arrays; the result may be one of them. Arguments: a, b, output, n."""
    function, builder = _worker(module, "add")
    a, b, output, n = function.args
    with counting(builder, i64(0), n, i64(1)) as i:
        total = add(builder, _load(builder, at(builder, a, i)), _load(builder, at(builder, b, i)))
        builder.store(total, at(builder, output, i), align=4)
    builder.ret_void()
    add_entry(module, function, "add")


def _emit_average(module: ir.Module) -> None:
    """The mean of each plane, added up in order. Arguments: input, output, planes, elements of each."""
    function, builder = _worker(module, "average")
    source, output, planes, size = function.args
    total, divisor = builder.alloca(FLOAT), builder.sitofp(size, FLOAT)
    with counting(builder, i64(0), planes, i64(1)) as plane:
        builder.store(constant(0.0), total)
        first = at(builder, source, builder.mul(plane, size))
        with counting(builder, i64(0), size, i64(1)) as i:
            more = add(builder, builder.load(total, typ=FLOAT), _load(builder, at(builder, first, i)))
            builder.store(more, total)
        mean = divide(builder, builder.load(total, typ=FLOAT), divisor)
        builder.store(mean, at(builder, output, plane), align=4)
    builder.ret_void()
    add_entry(module, function, "average")


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
    _emit_level(module)
    for name, change in _BY_CHANNEL.items():
        _emit_by_channel(module, name, change)
    _emit_add(module)
    _emit_average(module)
    _emit_softmax(module)
    for start in Start:
        function, builder = _worker(module, start.value)
        emit_maxpool_rows(builder, start, *function.args)
        add_entry(module, function, start.value)
    return module


@cache
def native() -> dict[str, Callable[..., None]]:
    """The compiled functions: ``activate_0`` ... ``activate_7``, ``clamp``, ``level``, those by channel,
    ``add``, ``average``, ``softmax``, and max-pooling by ``Start``.
    """
    return load("elementwise", build_module, "elementwise", SIGNATURES, vectorize=True)
