"""Sources compiled for an architecture other than the bundled one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sassafras.errors import ToolchainError
from sassafras.hardening.gpu.machine_code import compiled
from sassafras.kernels.programs import load_program
from sassafras.toolchain import nvrtc

ELF = b"\x7fELF"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path))


@pytest.mark.parametrize("kernel", ["fill_gpu", "fill_gpu_tmr"])
def test_compiled_once(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cubin = compiled(kernel, "sm_90")
    assert cubin.startswith(ELF)
    monkeypatch.setattr(nvrtc, "compile_cubin", lambda *_: pytest.fail("compiled again"))
    assert compiled(kernel, "sm_90") == cubin


def test_for_the_bundled_architecture_it_is_the_bundled_code() -> None:
    folder = Path(load_program.__code__.co_filename).parent / "listings" / "sm_50"
    assert compiled("fill_gpu", "sm_50") == (folder / "fill_gpu.cubin").read_bytes()


def test_an_architecture_that_nobody_knows() -> None:
    with pytest.raises(ToolchainError, match="sm_12345"):
        compiled("fill_gpu", "sm_12345")
