"""--tensor-cores and --arch auto: of kernels of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Type

from sassafras.errors import UsageError
from sassafras.workload.own.source import OwnSource

WARPS = Path(__file__).parents[1] / "emulator" / "turing" / "warps"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "own" / "stencil" / "workload.toml"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tensor-cores", "modelled"), "--tensor-cores is of kernels of your own: it needs --workload"),
        (("--arch", "auto"), "--arch auto goes by the code of kernels of your own: it needs --workload"),
        (("--tensor-cores", "exact", "--workload", EXAMPLE), "unknown way with tensor cores 'exact'"),
    ],
)
def test_what_does_not_go_is_one_line(sassafras: Type, options: tuple[str, ...], said: str) -> None:
    refused = sassafras("plan", *options)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())


@pytest.mark.parametrize("given", ["listing", "cubin"])
def test_the_architecture_of_the_code(tmp_path: Path, given: str) -> None:
    shutil.copytree(EXAMPLE.parent, tmp_path / "given")
    file = tmp_path / "given" / "workload.toml"
    shutil.copy(WARPS / "conv.sm_75.cubin", tmp_path / "given" / "other.cubin")
    if given == "cubin":
        file.write_text(file.read_text().replace('listing = "stencil.sass"', 'cubin = "other.cubin"'))
    assert OwnSource(file).arch_of_code() == ("sm_50" if given == "listing" else "sm_75")
    more = 'cubin = "other.cubin"' if given == "listing" else 'listing = "stencil.sass"'
    file.write_text(file.read_text().replace("[buffers]", f"[kernels.more]\n{more}\n[buffers]"))
    with pytest.raises(UsageError, match="its kernels are for sm_50 and sm_75: take those of one"):
        OwnSource(file).arch_of_code()


def test_a_source_is_for_any_architecture(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE.parent, tmp_path / "given")
    file = tmp_path / "given" / "workload.toml"
    file.write_text(file.read_text().replace('listing = "stencil.sass"', 'source = "stencil.cu"'))
    with pytest.raises(UsageError, match="which says its architecture: name one"):
        OwnSource(file).arch_of_code()
