"""The command that rebuilds the bundle, on a folder of its own with an nvdisasm that is a script."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sassafras.toolchain import bundle
from sassafras.toolchain.cubin import read_metadata
from sassafras.toolchain.record import bundle_paths, bundled_architectures

FAKE_NVDISASM = """#!/bin/sh
case "$1" in
  --help) echo "Allowed values: 'SM50','SM52'" ;;
  --version) echo "release 12.3, V12.3.52" ;;
  -c) echo "listing of a cubin" ;;
esac
"""

Script = Callable[[str], Path]


@pytest.fixture
def kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernels folder with one source and no listing, and an nvdisasm."""
    folder = tmp_path / "kernels"
    (folder / "cuda").mkdir(parents=True)
    shutil.copy(bundle.KERNELS_FOLDER / "cuda" / "fill_gpu.cu", folder / "cuda")
    tool = tmp_path / "nvdisasm"
    tool.write_text(FAKE_NVDISASM)
    tool.chmod(0o755)
    monkeypatch.setenv("SASSAFRAS_NVDISASM", str(tool))
    return folder


def test_writes_cubin_listing_record_and_lines(kernels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main([], kernels) == 0
    paths = bundle_paths(kernels, "fill_gpu", "sm_50")
    assert paths.listing.read_text() == "listing of a cubin\n"
    assert paths.cubin.read_bytes()[:4] == b"\x7fELF"
    assert '"disassembler": "nvdisasm 12.3.52"' in paths.record.read_text()
    assert capsys.readouterr().out.splitlines()[-1] == "4 of 4 files changed"
    assert bundle.main([], kernels) == 0
    assert capsys.readouterr().out == "0 of 4 files changed\n"


def test_check_names_what_differs(kernels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main([], kernels) == 0
    assert bundle.main(["--check"], kernels) == 0
    capsys.readouterr()
    listing = bundle_paths(kernels, "fill_gpu", "sm_50").listing
    Path(str(listing)).write_text("another\n")
    assert bundle.main(["--check"], kernels) == 1
    assert capsys.readouterr().out == "differs from its source: sm_50/fill_gpu.sass\n"
    assert listing.read_text() == "another\n"


def test_another_architecture_is_added_when_asked_for(
    kernels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bundle.main(["--arch", "sm_52"], kernels) == 0
    cubin = bundle_paths(kernels, "fill_gpu", "sm_52").cubin.read_bytes()
    assert read_metadata(cubin, "fill_gpu").arch == "sm_52"
    assert bundled_architectures(kernels) == ("sm_52",)
    assert bundle.main(["--arch", "sm_50"], kernels) == 0
    assert bundled_architectures(kernels) == ("sm_50", "sm_52")
    capsys.readouterr()
    assert bundle.main(["--check"], kernels) == 0
    assert capsys.readouterr().out == "8 files are what the CUDA sources give\n"
    assert bundle.main(["--arch", "sm_1"], kernels) == 2
    assert capsys.readouterr().err.startswith("error: unknown architecture 'sm_1'; ")


def test_a_source_that_does_not_compile_changes_nothing(
    kernels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kernels / "cuda" / "zzz.cu").write_text('extern "C" __global__ void zzz() { nonsense; }')
    assert bundle.main([], kernels) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: zzz.cu does not compile for sm_50: zzz.cu(1): error:")
    assert "nonsense" in line
    assert not (kernels / "listings").exists()
