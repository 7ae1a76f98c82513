"""Headers are written into the sources that include them, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sassafras.errors import ToolchainError
from sassafras.toolchain.source import read_source


def test_headers_take_the_place_of_their_includes_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.cuh").write_text("A\n")
    (tmp_path / "deep" / "b.cuh").write_text('#include "../a.cuh"\nB\n')
    source = tmp_path / "deep" / "k.cu"
    source.write_text('// k\n#include "b.cuh"\n#include "../a.cuh"\n#include "b.cuh"\nK\n')
    assert read_source(source) == "// k\nA\nB\nK\n"


def test_a_source_without_headers_is_itself(tmp_path: Path) -> None:
    source = tmp_path / "k.cu"
    source.write_text("#include <cuda.h>\nK\n")
    assert read_source(source) == "#include <cuda.h>\nK\n"


def test_a_missing_header_is_named(tmp_path: Path) -> None:
    source = tmp_path / "k.cu"
    source.write_text('#include "nowhere.cuh"\n')
    with pytest.raises(ToolchainError, match=r"^cannot read the CUDA source nowhere\.cuh: No such file"):
        read_source(source)
