"""The recipe "a kernel", followed: a CUDA source and a record. The listings are what `make bundle` makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adding.tree import ROOT, Tree, copied

ELSEWHERE = ROOT / "tests" / "adding" / "elsewhere"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    made = copied(tmp_path_factory.mktemp("tree"))
    made.take("kernels/cuda/negate.cu", ELSEWHERE / "cuda" / "negate.cu")
    made.take("kernels/negate.py", ELSEWHERE / "negate.py")
    made.bundle(ELSEWHERE / "listings")
    return made


def test_it_takes_a_source_and_a_record(tree: Tree, tmp_path: Path) -> None:
    assert tree.touched == {"kernels/cuda/negate.cu", "kernels/negate.py"}
    assert " negation " in tree.run("kernels", folder=tmp_path)


def test_hardened_it_takes_a_header_with_one_copy(tree: Tree, tmp_path: Path) -> None:
    tree.take("kernels/cuda/hardened/negate.cuh", ELSEWHERE / "cuda" / "hardened" / "negate.cuh")
    code = "from pathlib import Path; from tests.adding.negating import prove; prove(Path('runs'))"
    tree.python(code, tmp_path)
    assert len(tree.touched) == 2 + 1
