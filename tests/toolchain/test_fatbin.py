"""Fatbins: one that NVIDIA's nvFatbin 12.9 made (compressed, three architectures), and damaged ones."""

from __future__ import annotations

import struct
from pathlib import Path

import pyarrow as pa
import pytest

from sassafras.errors import ToolchainError
from sassafras.toolchain import nvrtc
from sassafras.toolchain.fatbin import cubins_of, parts_of, unpacked, unpacked_zstd

FOLDER = Path(__file__).parent / "fatbin"
PACKED = FOLDER / "packed.fatbin"
ARCHITECTURES = ["sm_50", "sm_60", "sm_75"]


def test_its_parts_are_what_the_compiler_made() -> None:
    source = (FOLDER / "pair.cu").read_text("utf-8")
    parts = list(parts_of(PACKED.read_bytes()))
    assert [part.arch for part in parts] == ARCHITECTURES
    assert all(part.is_cubin for part in parts)
    for part in parts:
        assert part.content == nvrtc.compile_cubin(source, "pair.cu", part.arch)
    assert cubins_of(PACKED, "sm_60") == [parts[1].content]


def test_a_file_of_the_host_is_searched(tmp_path: Path) -> None:
    """An object as a host compiler leaves it: a section of that name holds fatbins."""
    names = b"\0.nv_fatbin\0.shstrtab\0"
    content = PACKED.read_bytes()
    sections = [(0, 0, 0, 0), (1, 1, 64, len(content)), (12, 3, 64 + len(content), len(names))]
    table = b"".join(
        struct.pack("<IIQQQQIIQQ", name, kind, 0, 0, at, size, 0, 0, 1, 0)
        for name, kind, at, size in sections
    )
    at = 64 + len(content) + len(names)
    head = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 1, 62, 1, 0, 0, at, 0, 64, 56, 0, 64, 3, 2)
    (tmp_path / "host.o").write_bytes(head + content + names + table)
    assert cubins_of(tmp_path / "host.o", "sm_50") == cubins_of(PACKED, "sm_50")


def test_what_it_does_not_hold_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="no machine code for sm_52: it holds sm_50, sm_60, sm_75"):
        cubins_of(PACKED, "sm_52")
    (tmp_path / "text").write_text("no such thing")
    with pytest.raises(ToolchainError, match="it is no cubin, fatbin or host file with one"):
        cubins_of(tmp_path / "text", "sm_50")
    with pytest.raises(ToolchainError, match="No such file"):
        cubins_of(tmp_path / "none", "sm_50")


@pytest.mark.parametrize("length", [20, 90, 200, 3599])
def test_a_damaged_one_is_refused(length: int, tmp_path: Path) -> None:
    (tmp_path / "cut.fatbin").write_bytes(PACKED.read_bytes()[:length])
    with pytest.raises(ToolchainError, match=r"cut\.fatbin is damaged"):
        cubins_of(tmp_path / "cut.fatbin", "sm_50")


@pytest.mark.parametrize("name", ["lz4", "zstd"])
def test_what_fatbinary_13_compresses(name: str, tmp_path: Path) -> None:
    """Its modes speed (LZ4, of all images) and size (zstd), of the cubins of the other file."""
    content = (FOLDER / f"{name}.fatbin").read_bytes()
    made = {part.arch: part.content for part in parts_of(PACKED.read_bytes())}
    assert {part.arch: part.content for part in parts_of(content)} == {a: made[a] for a in ("sm_50", "sm_75")}
    place = content.index(b"\x28\xb5\x2f\xfd") + 9 if name == "zstd" else 16 + 64 + 9
    (tmp_path / "bad.fatbin").write_bytes(content[:place] + b"\xff" * 12 + content[place + 12 :])
    with pytest.raises(ToolchainError, match=r"bad\.fatbin is damaged: "):
        cubins_of(tmp_path / "bad.fatbin", "sm_50")


def test_lz4_blocks() -> None:
    assert unpacked(b"\x50hello", 5) == b"hello"
    assert unpacked(b"\x14a\x01\x00\x00", 9) == b"a" * 9
    assert unpacked(b"\xf0\x05" + b"x" * 20, 20) == b"x" * 20
    with pytest.raises(ValueError, match="not there"):
        unpacked(b"\x14a\x05\x00\x00", 9)
    with pytest.raises(ValueError, match="cut short"):
        unpacked(b"\x20ab", 5)


def test_zstd_frames() -> None:
    packed = pa.compress(b"hello" * 9, codec="zstd", asbytes=True)
    assert unpacked_zstd(packed, 45) == b"hello" * 9
    for bad, nbytes in ((packed, 46), (packed, 44), (packed[:-3], 45), (b"xx", 45), (b"", 45)):
        with pytest.raises(ValueError, match="its compressed data"):
            unpacked_zstd(bad, nbytes)
