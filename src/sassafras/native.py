"""LLVM IR -> callable native code for this very machine, kept on disk so that the next process starts at
once.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import llvmlite
import numpy as np
from llvmlite import binding, ir
from numpy.typing import NDArray

from sassafras.cache import read_cached, write_cached

X86_CONTROL_WORD = 0x1F80
"""MXCSR with every exception masked, rounding to nearest, denormals kept (neither FTZ nor DAZ)."""


RELOCATION, CODE_MODEL = "static", "large"
"""Addresses of 64 bits throughout: in a large process the sections of one object may be mapped more than
2 GiB apart, where the small model's 32-bit offsets do not reach (LLVM's loader then stops the process).
"""

if binding.llvm_version_info[0] == 22:  # an option that LLVM does not know ends the process
    binding.set_option("sassafras", "-cgpp-huge-func=1000")
    """From so many basic blocks on, LLVM's preparation for its code generator does not begin anew at each
    change of the control flow: of 9 s for `gemm_tmr`, armed, that was nearly half.
    """


class Passes(Enum):
    """How much LLVM does to code before it generates machine code."""

    ALL = ""
    BRIEF = " brief"  #: slots become values, what is said twice is said once: a fifth of the time
    BRIEFEST = " briefest"  #: slots stay in memory: for functions so large that their values find no room


@dataclass(frozen=True)
class Host:
    """The processor: LLVM's name and feature list for it, and the float32 lanes of its widest vector
    registers.
    """

    cpu: str
    features: str
    lanes: int
    x86: bool


def address_of(array: NDArray[np.generic]) -> int:
    """Address of an array's first element, for compiled code. ``array.ctypes.data``, in an eighth of the time
    where the array is contiguous and anybody may write there.
    """
    plain = array.view(np.uint8) if array.dtype.names else array  # NumPy spells out every field of a record
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(plain))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        address: int = plain.__array_interface__["data"][0]
        return address


@cache
def host() -> Host:
    """This machine. Machines whose vectors LLVM does not report get four lanes: slower, the same bits."""
    known = binding.get_host_cpu_features()
    lanes = 16 if known.get("avx512f") else 8 if known.get("avx2") and known.get("fma") else 4
    x86 = binding.get_process_triple().startswith("x86_64")
    return Host(binding.get_host_cpu_name(), known.flatten(), lanes, x86)


@cache
def narrower(lanes: int) -> Host:
    """This machine as if its vectors had at most ``lanes`` lanes: 8 leaves AVX-512 out."""
    known = dict(binding.get_host_cpu_features())
    if lanes < 16:
        known |= {name: False for name in known if name.startswith("avx512")}
    features = ",".join(("+" if has else "-") + name for name, has in sorted(known.items()))
    own = host()
    return Host(own.cpu, features, min(own.lanes, lanes), own.x86)


def _target_machine(target: Host, level: int) -> binding.TargetMachine:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    triple = binding.Target.from_triple(binding.get_process_triple())
    return triple.create_target_machine(
        cpu=target.cpu, features=target.features, opt=level, reloc=RELOCATION, codemodel=CODE_MODEL
    )


def _compile(
    text: str, machine: binding.TargetMachine, level: int, vectorize: bool, how: Passes = Passes.ALL
) -> bytes:
    """IR text -> object code. No fast-math anywhere: LLVM neither reorders nor fuses float operations."""
    module = binding.parse_assembly(text)
    module.verify()
    tuning = binding.create_pipeline_tuning_options(speed_level=level)
    tuning.loop_vectorization = vectorize
    tuning.slp_vectorization = False
    passes = binding.create_pass_builder(machine, tuning)
    if how is not Passes.ALL:
        for function in module.functions:
            if not function.is_declaration:
                _few_passes(how).run(function, passes)
    else:
        passes.getModulePassManager().run(module, passes)
    code: bytes = machine.emit_object(module)
    return code


def _few_passes(how: Passes) -> binding.FunctionPassManager:
    passes = binding.create_new_function_pass_manager()
    if how is Passes.BRIEF:
        passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()
    passes.add_aggressive_dce_pass()
    passes.add_simplify_cfg_pass()
    return passes


def _made(text: str | Callable[[], str]) -> str:
    """The IR. Objects that stand for it come by the million and live until it is written: to look for
    garbage among them again and again took most of the time, and once is enough, when all of them are.
    """
    if isinstance(text, str):
        return text
    collecting = gc.isenabled()
    gc.disable()
    try:
        return text()
    finally:
        if collecting:
            gc.enable()
            gc.collect(0)


class NativeLibrary:
    """Functions of one IR module as Python callables (ctypes: the interpreter lock is released while they
    run).
    """

    def __init__(
        self,
        name: str,
        text: str | Callable[[], str],
        exports: Sequence[str],
        *,
        key: str | None = None,
        level: int = 3,
        vectorize: bool = False,
        target: Host | None = None,
        passes: Passes = Passes.ALL,
    ) -> None:
        """``text``: the IR, or what makes it (then ``key`` must identify it: a cached object spares making
        the IR). ``target``: a processor that runs here; None: this one. ``passes``: how
        much LLVM does to it.
        """
        target = target or host()
        if key is None:
            key = text = _made(text)
        parts = (
            llvmlite.__version__,
            target.cpu,
            target.features,
            str(level),
            f"{vectorize}{passes.value}",
            RELOCATION,
            CODE_MODEL,
            key,
        )
        file_name = f"native-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}.o"
        machine = _target_machine(target, level)
        code = read_cached(file_name)
        if code is None:
            code = _compile(_made(text), machine, level, vectorize, passes)
            write_cached(file_name, code)
        builder = binding.JITLibraryBuilder().add_object_img(code).add_current_process()
        for symbol in exports:
            builder.export_symbol(symbol)
        self._compiler = binding.create_lljit_compiler(machine)
        self._loaded = builder.link(self._compiler, name)

    def function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        """The exported function ``name`` with these ctypes types."""
        call: Any = ctypes.CFUNCTYPE(result, *arguments)(self._loaded[name])
        call.library = self  # the code lives as long as whoever can call it
        return call  # type: ignore[no-any-return]  # a ctypes function

    def typed(self, name: str, kind: ir.FunctionType) -> Callable[..., Any]:
        """The exported function ``name`` of this LLVM type."""
        return self.function(name, *(_CTYPES[str(one)] for one in (kind.return_type, *kind.args)))


_CTYPES = {"void": None, "ptr": ctypes.c_void_p, "i32": ctypes.c_int32, "i64": ctypes.c_int64}
