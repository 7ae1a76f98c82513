"""The recipe "a layer", followed: a file of its own, and its name in the list of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.adding.tree import Tree, copied
from tests.cli.small_files import write_files

LAYER = '''"""Doubles every value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from sassafras.network.layers.layer import BATCH, BYTES, AddressOf, KernelCall, Known, Layer, Shape
from sassafras.network.sections import Section


@dataclass(frozen=True)
class Twice(Layer):
    """Every value, added to itself."""

    kinds: ClassVar[tuple[str, ...]] = ("twice",)

    @classmethod
    def from_section(cls, section: Section, index: int, known: Known) -> Self:
        """It has no options."""
        section.check_keys((), {})
        return cls(index, (known[-1],)).fitting(section)

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """None."""
        return ()

    @property
    def output_shape(self) -> Shape:
        """As the input."""
        return self.input_shape

    @property
    def allocations(self) -> tuple[tuple[str, int], ...]:
        """Output."""
        return ((self.named("output"), self.outputs * BYTES),)

    def calls(self, address_of: AddressOf) -> Iterator[KernelCall]:
        """One launch."""
        read, written = address_of(self.input_name), address_of(self.output_name)
        yield KernelCall("add", {"n": self.outputs * BATCH, "a": read, "b": read, "output": written})
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    made = copied(tmp_path_factory.mktemp("tree"))
    made.make("network/layers/twice.py", LAYER)
    front = "network/layers/__init__.py"
    made.behind(
        front, "from sassafras.network.layers.softmax", "from sassafras.network.layers.twice import Twice\n"
    )
    made.behind(front, "LAYER_KINDS", "    Twice,\n")
    return made


def test_it_takes_its_file_and_two_lines(tree: Tree) -> None:
    assert tree.touched == {"network/layers/twice.py", "network/layers/__init__.py"}


def test_both_engines_take_faults_through_it(tree: Tree, tmp_path: Path) -> None:
    small = write_files(tmp_path)
    small.cfg.write_text(small.cfg.read_text().replace("[connected]", "[twice]\n\n[connected]"))
    rows = []
    for engine in ("fast", "full"):
        run = ("run", "--kernels", "all", "--injections", "40", "--workers", "1", "--engine", engine)
        tree.run(*run, "--out", engine, *small.options, folder=tmp_path)
        found = pd.read_csv(tmp_path / engine / "injections.csv")
        rows.append(found.drop(columns=["died_layer", "corrupted"]))  # only the fast engine looks at layers
    assert (rows[0]["layer"] == 2).any()
    assert "twice" in tree.run("tables", "fast", folder=tmp_path)
    pd.testing.assert_frame_equal(rows[0], rows[1])
