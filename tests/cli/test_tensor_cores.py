"""--tensor-cores: of kernels of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Type

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "own" / "stencil" / "workload.toml"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--tensor-cores", "modelled"), "--tensor-cores is of kernels of your own: it needs --workload"),
        (("--tensor-cores", "exact", "--workload", EXAMPLE), "unknown way with tensor cores 'exact'"),
    ],
)
def test_what_does_not_go_is_one_line(sassafras: Type, options: tuple[str, ...], said: str) -> None:
    refused = sassafras("plan", *options)
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())
