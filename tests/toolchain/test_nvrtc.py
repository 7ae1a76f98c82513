from __future__ import annotations

from pathlib import Path

import pytest

from sassafras.errors import ToolchainError
from sassafras.toolchain import nvrtc

EMPTY = 'extern "C" __global__ void empty() {}'


def test_it_is_the_compiler_that_still_knows_sm_50() -> None:
    assert nvrtc.version() == "NVRTC 12.9"


@pytest.mark.parametrize(("arch", "flags"), [("sm_50", 50), ("sm_75", 75), ("sm_90", 90)])
def test_compiles_for_the_architecture_asked_for(arch: str, flags: int) -> None:
    cubin = nvrtc.compile_cubin(EMPTY, "empty.cu", arch)
    assert cubin[:4] == b"\x7fELF"
    assert cubin[0x30] == flags


def test_same_source_same_bytes() -> None:
    assert nvrtc.compile_cubin(EMPTY, "empty.cu", "sm_50") == nvrtc.compile_cubin(EMPTY, "empty.cu", "sm_50")


def test_error_is_the_compilers_first() -> None:
    with pytest.raises(
        ToolchainError, match=r"^bad\.cu does not compile for sm_50: bad\.cu\(2\): error: .*nowhere"
    ):
        nvrtc.compile_cubin('extern "C" __global__ void k() {\n nowhere(); elsewhere(); }', "bad.cu", "sm_50")


def test_unknown_architecture() -> None:
    with pytest.raises(ToolchainError, match=r"does not compile for sm_1: .*arch"):
        nvrtc.compile_cubin(EMPTY, "empty.cu", "sm_1")


def test_missing_compiler_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvrtc, "_wheel_folders", list[Path])
    with pytest.raises(
        ToolchainError, match=r"is not installed; install it with: pip install 'sassafras\[toolchain\]'"
    ):
        nvrtc.find_library()
