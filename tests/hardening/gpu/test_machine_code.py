"""Sources compiled for an architecture other than the bundled one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sassafras.errors import ToolchainError
from sassafras.hardening.gpu.machine_code import compiled
from sassafras.kernels import programs
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
    folder = Path(programs.__file__).parent / "listings" / "sm_50"
    assert compiled("fill_gpu", "sm_50") == (folder / "fill_gpu.cubin").read_bytes()


def test_an_architecture_that_nobody_knows() -> None:
    with pytest.raises(ToolchainError, match="sm_12345"):
        compiled("fill_gpu", "sm_12345")


EVERYTHING = """
import sys
from sassafras.hardening.gpu.machine_code import compiled
from sassafras.kernels.programs import bundled_kernels
for kernel in bundled_kernels():
    compiled(kernel, sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("arch", ["sm_70", "sm_75", "sm_86", "sm_90", "sm_120"])
def test_every_kernel_compiles_for_later_architectures(arch: str) -> None:
    """In a process of its own: some lop3 of three masks makes the compiler crash (``copies.cuh``)."""
    path = {"PYTHONPATH": str(Path(nvrtc.__file__).parents[2])}
    command = [sys.executable, "-c", EVERYTHING, arch]
    done = subprocess.run(command, env=os.environ | path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
