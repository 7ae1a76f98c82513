"""NVIDIA's own libraries are refused, by the file's name and by the one that a shared object gives itself."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from sassafras.errors import ToolchainError
from sassafras.toolchain.fatbin import cubins_of

PACKED = Path(__file__).parent / "fatbin" / "packed.fatbin"
REFUSED = "^.* is one of NVIDIA's own libraries .*: their licence forbids to disassemble them; "


@pytest.mark.parametrize(
    "name",
    [
        "libcublas.so.12",
        "libcublasLt.so.12.9.1",
        "libcudnn_ops.so.9",
        "libcudnn.so",
        "cublas64_12.dll",
        "libnvinfer.so.10",
    ],
)
def test_by_their_names(name: str, tmp_path: Path) -> None:
    shutil.copy(PACKED, tmp_path / name)
    with pytest.raises(ToolchainError, match=REFUSED) as refusal:
        cubins_of(tmp_path / name, "sm_50")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["libcublas_of_mine.so", "my_cublas.so", "libnccl.so.2", "libtorch_cuda.so"])
def test_others_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(shared_object(PACKED.read_bytes(), "libmine.so.1"))
    assert cubins_of(tmp_path / name, "sm_50") == cubins_of(PACKED, "sm_50")


def test_by_the_name_that_they_give_themselves(tmp_path: Path) -> None:
    (tmp_path / "mine.so").write_bytes(shared_object(PACKED.read_bytes(), "libcublas.so.12"))
    with pytest.raises(ToolchainError, match=REFUSED):
        cubins_of(tmp_path / "mine.so", "sm_50")


def shared_object(fatbin: bytes, own_name: str) -> bytes:
    """An ELF file with fatbins and a dynamic section that says its name (DT_SONAME)."""
    names = b"\0.nv_fatbin\0.shstrtab\0.dynamic\0.dynstr\0"
    strings = b"\0" + own_name.encode() + b"\0"
    dynamic = struct.pack("<QQQQ", 14, 1, 0, 0)
    parts = [(1, 1, 0, 0, fatbin), (12, 3, 0, 0, names), (22, 6, 4, 16, dynamic), (31, 3, 0, 0, strings)]
    table, body = bytes(64), b""
    for name, kind, link, size, content in parts:
        at = 64 + len(body)
        table += struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, at, len(content), link, 0, 1, size)
        body += content
    head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, 64 + len(body), 0, 64, 56, 0, 64, 5, 2)
    return head + body + table
