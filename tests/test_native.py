"""Compiled code must be loadable wherever the process has room."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator

import pytest

from sassafras import native

PC_RELATIVE_32 = {2: "PC32", 4: "PLT32", 9: "GOTPCREL", 10: "32", 11: "32S"}

# A constant pool and a table of jumps: both lie in sections of their own.
PROGRAM = """
define double @pick(i32 %which, double %x) {
entry:
  switch i32 %which, label %other [ i32 0, label %a
    i32 1, label %b
    i32 2, label %c
    i32 3, label %d
    i32 4, label %e ]
a:
  %va = fadd double %x, 1.25
  ret double %va
b:
  %vb = fmul double %x, 3.5
  ret double %vb
c:
  %vc = fsub double %x, 7.75
  ret double %vc
d:
  %vd = fdiv double %x, 9.125
  ret double %vd
e:
  %ve = fadd double %x, 100.5
  ret double %ve
other:
  ret double 0.1
}
"""


def _sections(code: bytes) -> Iterator[tuple[int, bytes]]:
    """(type, contents) of every section of an ELF64 object."""
    start, size, count = struct.unpack_from("<Q", code, 40)[0], *struct.unpack_from("<HH", code, 58)
    for k in range(count):
        kind, _, _, offset, length = struct.unpack_from("<IQQQQ", code, start + k * size + 4)
        yield kind, code[offset : offset + length]


def _relocations(code: bytes) -> Iterator[int]:
    for kind, contents in _sections(code):
        if kind == 4:  # SHT_RELA
            yield from (info & 0xFFFFFFFF for _, info, _ in struct.iter_unpack("<QQq", contents))


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_no_relocation_is_limited_to_two_gigabytes(level: int) -> None:
    """A process once died in LLVM's loader because the sections lay further apart."""
    if not native.host().x86:
        assert native.CODE_MODEL == "large"
        return
    machine = native._target_machine(native.host(), level)
    found = list(_relocations(native._compile(PROGRAM, machine, level, vectorize=False)))
    assert found
    assert not [PC_RELATIVE_32[kind] for kind in found if kind in PC_RELATIVE_32]


def test_compiled_code_computes() -> None:
    library = native.NativeLibrary("pick", PROGRAM, ["pick"], level=2)
    pick = library.function("pick", ctypes.c_double, ctypes.c_int32, ctypes.c_double)
    assert [pick(k, 2.0) for k in range(6)] == [3.25, 7.0, -5.75, 2.0 / 9.125, 102.5, 0.1]
