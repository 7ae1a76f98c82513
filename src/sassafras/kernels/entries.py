"""Functions of a native library that Python calls: their float rules, their types, and the key of their
object code.
"""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from llvmlite import ir

from sassafras.native import X86_CONTROL_WORD, NativeLibrary, host

VOID = ir.VoidType()
POINTER = ir.PointerType()
I32 = ir.IntType(32)
I64 = ir.IntType(64)

Signature = Sequence[ir.Type]


def add_entry(module: ir.Module, worker: ir.Function, name: str) -> None:
    """Add to ``module`` a function ``name`` that calls ``worker`` with the float rules of DESIGN section 4.

    Some libraries switch a process to flushing denormals; the entry puts the control word right and back
    again. The worker is never inlined, so that no arithmetic moves across the switch.
    """
    worker.attributes.add("noinline")
    entry = ir.Function(module, worker.function_type, name)
    builder = ir.IRBuilder(entry.append_basic_block("entry"))
    if not host().x86:
        builder.call(worker, entry.args)
        builder.ret_void()
        return
    control = ir.FunctionType(VOID, [POINTER])
    store = _declared(module, control, "llvm.x86.sse.stmxcsr")
    load = _declared(module, control, "llvm.x86.sse.ldmxcsr")
    before = builder.alloca(I32, name="before")
    wanted = builder.alloca(I32, name="wanted")
    builder.store(ir.Constant(I32, X86_CONTROL_WORD), wanted)
    builder.call(store, [before])
    builder.call(load, [wanted])
    builder.call(worker, entry.args)
    builder.call(load, [before])
    builder.ret_void()


def _declared(module: ir.Module, kind: ir.FunctionType, name: str) -> ir.Function:
    known = module.globals.get(name)
    return known if known is not None else ir.Function(module, kind, name)


def source_key(modules: Iterable[str]) -> str:
    """What object code depends on besides the host: the sources of the Python modules that write its IR."""
    digest = hashlib.sha256()
    for name in modules:
        file = import_module(name).__file__
        assert file is not None
        digest.update(Path(file).read_bytes())
    return digest.hexdigest()


def load(
    name: str,
    make: Callable[[], ir.Module],
    modules: Iterable[str],
    signatures: Mapping[str, Signature],
    *,
    vectorize: bool,
) -> dict[str, Callable[..., None]]:
    """The entries ``signatures`` of the module that ``make`` builds where its object code is not cached yet.

    ``modules``: the Python modules that write the IR. ``vectorize``: let LLVM vectorise loops.
    """
    library = NativeLibrary(
        name,
        lambda: str(make()),
        list(signatures),
        key=f"{name} {source_key((*modules, __name__))}",
        vectorize=vectorize,
    )
    return {
        entry: library.function(
            entry, None, *(ctypes.c_void_p if t == POINTER else ctypes.c_int64 for t in types)
        )
        for entry, types in signatures.items()
    }
