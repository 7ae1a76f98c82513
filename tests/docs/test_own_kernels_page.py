"""The page about kernels of one's own: its files are an example's, and what it shows is what happens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.docs.transcripts import ROOT, run, steps

from sassafras.errors import ToolchainError
from sassafras.toolchain.nvdisasm import find_nvdisasm

EXAMPLE = ROOT / "docs" / "examples" / "own" / "stencil"
PAGE = (ROOT / "docs" / "own-kernels.md").read_text(encoding="utf-8")


def test_its_files_are_the_example_s() -> None:
    for kind, name in (("cuda", "stencil.cu"), ("toml", "workload.toml")):
        assert f"```{kind}\n{(EXAMPLE / name).read_text(encoding='utf-8')}```\n" in PAGE


@pytest.mark.long
def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    """Where no nvdisasm is, the listing of the example stands for the compiler's."""
    for name in ("stencil.cu", "workload.toml"):
        shutil.copy(EXAMPLE / name, tmp_path)
    compiling, *others = steps(PAGE, slow=False)
    try:
        find_nvdisasm()
    except ToolchainError:
        for end in ("sass", "json"):
            shutil.copy(EXAMPLE / f"stencil.{end}", tmp_path)
    else:
        run(compiling, tmp_path)
        assert (tmp_path / "stencil.sass").read_bytes() == (EXAMPLE / "stencil.sass").read_bytes()
    assert len(others) == 4
    for step in others:
        run(step, tmp_path)
