"""torchvision's architectures compute what PyTorch does, and the table of them says so."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from tests.network.onnx.table import found_in
from tests.network.onnx.torchvision_table import ARCHITECTURES, HEAD, PART, Exported, Row, row_of


def test_every_architecture_is_in_the_table_and_agrees() -> None:
    head, _, *rows = found_in(PART)
    assert head == HEAD
    assert [row.split("`")[1] for row in rows] == list(ARCHITECTURES)
    assert all(row.endswith("| agrees | agrees |") for row in rows)


@pytest.mark.parametrize(
    ("worst", "agrees"), [(1.9e-5, True), (2.1e-5, False), (5.9e-5, True), (6.1e-5, False)]
)
def test_what_agrees_is_as_close_as_rounding(worst: float, agrees: bool) -> None:
    own = 1e-6 if worst < 3e-5 else 3e-5
    row = Row("a", 8, 1, own, (Exported(1, worst), Exported(2, 0)))
    assert row.results == ("agrees" if agrees else f"differs by {worst:.2g}", "agrees")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # PyTorch's and its exporters', about themselves
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_table_is_what_the_architectures_give(name: str) -> None:
    missing = [package for package in ("torch", "torchvision", "onnxscript") if find_spec(package) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)} here: pip install 'sassafras[peers]'")
    row = str(row_of(name))
    assert row in found_in(PART)
    assert row.endswith("| agrees | agrees |")
