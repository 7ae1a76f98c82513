"""Headers are written into the sources that include them, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sassafras.errors import ToolchainError
from sassafras.toolchain.source import kernel_names, read_source, source_text


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


def test_kernels_in_copies_are_made_of_a_template_unless_they_have_a_source(tmp_path: Path) -> None:
    hardened = tmp_path / "hardened"
    hardened.mkdir()
    for name in ("a.cu", "b.cu", "c.cu", "hardened/b_tmr.cu", "hardened/other.cuh"):
        (tmp_path / name).write_text(f"{name}\n")
    for name in ("a", "b"):
        (hardened / f"{name}.cuh").write_text(f"one {name}\n")
    for kind in ("dmr", "dmr_retry", "tmr"):
        (hardened / f"KERNEL_{kind}.cu").write_text(f'#include "KERNEL.cuh"\nKERNEL_{kind}(KERNEL)\n')
    made = ("a_dmr", "a_dmr_retry", "a_tmr", "b_dmr", "b_dmr_retry", "b_tmr")
    assert kernel_names(tmp_path) == tuple(sorted(("a", "b", "c", *made)))
    assert read_source(hardened / "a_dmr_retry.cu") == "one a\na_dmr_retry(a)\n"
    assert source_text(hardened / "a_tmr.cu") == '#include "a.cuh"\na_tmr(a)\n'
    assert source_text(hardened / "b_tmr.cu") == "hardened/b_tmr.cu\n"
    for absent in ("c_tmr", "other_voted", "_tmr"):
        with pytest.raises(ToolchainError, match=rf"^cannot read the CUDA source {absent}\.cu: No such file"):
            source_text(hardened / f"{absent}.cu")
