"""CUDA C++ to a cubin with NVRTC, out of the PyPI wheel ``nvidia-cuda-nvrtc-cu12`` (12.9 is the last that
still does Maxwell).
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sassafras.errors import ToolchainError

LINE_NUMBERS = "-lineinfo"
WAY_OUT = "install it with: pip install 'sassafras[toolchain]'"


def find_library() -> Path:
    """The NVRTC shared library of the installed wheel.

    Raises ToolchainError when the wheel is not installed.
    """
    for folder in _wheel_folders():
        for pattern in ("lib/libnvrtc.so.*", "bin/nvrtc64_*_0.dll"):
            found = sorted(folder.glob(pattern))
            if found:
                return found[0]
    raise ToolchainError(f"NVRTC (package nvidia-cuda-nvrtc-cu12) is not installed; {WAY_OUT}")


def version() -> str:
    """The compiler's name and version, as ``NVRTC 12.9``."""
    library = _load()
    major, minor = ctypes.c_int(), ctypes.c_int()
    library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
    return f"NVRTC {major.value}.{minor.value}"


def options(arch: str) -> tuple[str, ...]:
    """The compiler options of every kernel of ours: a cubin for ``arch``, nothing else changed from the
    compiler's defaults.
    """
    return (f"-arch={arch}", "-default-device")


@dataclass(frozen=True)
class Wish:
    """What a compilation is asked for besides the source. ``include``: folders of headers; ``define``: macros
    with their values; ``expressions``: names of kernels in C++, such as ``tile<16>``, which are made.
    """

    include: tuple[Path, ...] = ()
    define: tuple[tuple[str, str], ...] = ()
    expressions: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """Of the compiler."""
        folders = (f"-I{folder}" for folder in self.include)
        return (*folders, *(f"-D{name}={value}" for name, value in self.define))


@dataclass(frozen=True)
class Compiled:
    """``lowered``: the name in the cubin of each expression."""

    cubin: bytes
    lowered: Mapping[str, str]


def compile_cubin(source: str, name: str, arch: str, *, lines: bool = False) -> bytes:
    """Compile CUDA C++ ``source`` into a cubin for ``arch``. ``lines``: with line numbers
    (and the working folder's path) beside the code.

    ``name`` is the file name the compiler gets to see (``gemm.cu``): never a path, so that the cubin says
    nothing of the machine it was made on. Raises ToolchainError with the compiler's errors when the source
    does not compile.
    """
    return compile_program(source, name, arch, Wish(), lines=lines).cubin


def compile_program(source: str, name: str, arch: str, wish: Wish, *, lines: bool = False) -> Compiled:
    """The same with all that can be asked for."""
    library = _load()
    program = ctypes.c_void_p()
    _check(
        library,
        library.nvrtcCreateProgram(ctypes.byref(program), source.encode(), name.encode(), 0, None, None),
        name,
    )
    try:
        for expression in wish.expressions:
            _check(library, library.nvrtcAddNameExpression(program, expression.encode()), expression)
        every = (*options(arch), *wish.options, *([LINE_NUMBERS] if lines else []))
        flags = [option.encode() for option in every]
        status = library.nvrtcCompileProgram(program, len(flags), (ctypes.c_char_p * len(flags))(*flags))
        if status:
            raise ToolchainError(f"{name} does not compile for {arch}: {_reason(library, program, status)}")
        lowered = {each: _lowered(library, program, each) for each in wish.expressions}
        return Compiled(_fetch(library, program, "CUBIN"), lowered)
    finally:
        library.nvrtcDestroyProgram(ctypes.byref(program))


def _lowered(library: ctypes.CDLL, program: ctypes.c_void_p, expression: str) -> str:
    found = ctypes.c_char_p()
    _check(
        library, library.nvrtcGetLoweredName(program, expression.encode(), ctypes.byref(found)), expression
    )
    assert found.value is not None
    return found.value.decode()


def _wheel_folders() -> list[Path]:
    try:
        spec = importlib.util.find_spec("nvidia.cuda_nvrtc")
    except ModuleNotFoundError:
        return []
    return [Path(place) for place in spec.submodule_search_locations or ()] if spec else []


@cache
def _load() -> ctypes.CDLL:
    path = find_library()
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ToolchainError(f"NVRTC cannot be loaded on {sys.platform} ({error}); {WAY_OUT}") from error
    library.nvrtcGetErrorString.restype = ctypes.c_char_p
    return library


def _check(library: ctypes.CDLL, status: int, name: str) -> None:
    if status:
        raise ToolchainError(f"NVRTC failed on {name}: {library.nvrtcGetErrorString(status).decode()}")


def _fetch(library: ctypes.CDLL, program: ctypes.c_void_p, what: str) -> bytes:
    """One of the program's results: ``CUBIN`` or ``ProgramLog`` (NVRTC asks for the size first)."""
    size = ctypes.c_size_t()
    _check(library, getattr(library, f"nvrtcGet{what}Size")(program, ctypes.byref(size)), what)
    buffer = ctypes.create_string_buffer(size.value)
    _check(library, getattr(library, f"nvrtcGet{what}")(program, buffer), what)
    return buffer.raw


_TOLD = 3  #: errors of a compiler's log


def _reason(library: ctypes.CDLL, program: ctypes.c_void_p, status: int) -> str:
    log = _fetch(library, program, "ProgramLog").decode(errors="replace").strip("\0")
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = (
        [line for line in lines if "error:" in line] or [line for line in lines if "error" in line] or lines
    )
    more = f" (and {len(errors) - _TOLD} more)" if len(errors) > _TOLD else ""
    return "; ".join(errors[:_TOLD]) + more if errors else str(library.nvrtcGetErrorString(status).decode())
