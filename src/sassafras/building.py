"""Words for writing LLVM IR that several rooms share: types, loops, and entries with our float rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from llvmlite import ir

from sassafras.native import X86_CONTROL_WORD, host

VOID = ir.VoidType()
POINTER = ir.PointerType()
I1 = ir.IntType(1)
I8 = ir.IntType(8)
I32 = ir.IntType(32)
I64 = ir.IntType(64)


def i64(value: int) -> ir.Constant:
    """A 64-bit integer constant."""
    return ir.Constant(I64, value)


@contextmanager
def counting(
    builder: ir.IRBuilder, start: ir.Value, stop: ir.Value, step: ir.Value | None = None
) -> Iterator[ir.Value]:
    """``for index in range(start, stop, step)`` around the code built inside the ``with``; yields the index,
    an integer of the type of ``start``. ``step`` None: 1.
    """
    before = builder.block
    head = builder.append_basic_block("head")
    body = builder.append_basic_block("body")
    after = builder.append_basic_block("after")
    builder.branch(head)
    builder.position_at_end(head)
    index = builder.phi(start.type, "index")
    index.add_incoming(start, before)
    builder.cbranch(builder.icmp_signed("<", index, stop), body, after)
    builder.position_at_end(body)
    yield index
    index.add_incoming(builder.add(index, start.type(1) if step is None else step), builder.block)
    builder.branch(head)
    builder.position_at_end(after)


def smaller(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """The smaller of two signed integers."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)


def add_entry(module: ir.Module, worker: ir.Function, name: str) -> None:
    """Add to ``module`` a function ``name`` that calls ``worker`` with the float rules of DESIGN section 4.

    Some libraries switch a process to flushing denormals; the entry puts the control word right and back
    again. The worker is never inlined, so that no arithmetic moves across the switch.
    """
    worker.attributes.add("noinline")
    entry = ir.Function(module, worker.function_type, name)
    builder = ir.IRBuilder(entry.append_basic_block("entry"))
    before = builder.alloca(I32, name="before") if host().x86 else None
    if before is not None:
        wanted = builder.alloca(I32, name="wanted")
        builder.store(I32(X86_CONTROL_WORD), wanted)
        _control(builder, "stmxcsr", before)
        _control(builder, "ldmxcsr", wanted)
    result = builder.call(worker, entry.args)
    if before is not None:
        _control(builder, "ldmxcsr", before)
    if result.type == VOID:
        builder.ret_void()
    else:
        builder.ret(result)


def _control(builder: ir.IRBuilder, what: str, word: ir.Value) -> None:
    kind = ir.FunctionType(VOID, [POINTER])
    builder.call(builder.module.declare_intrinsic(f"llvm.x86.sse.{what}", (), kind), [word])
