"""The cfgs of pjreddie's folder, from Debian's package, and of AlexeyAB's, against docs/darknet.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.campaign.darknet_networks import DARKNET
from tests.network.darknet_table import WAY_OUT, Row, row_of, rows
from tests.network.debian_files import fetched_cfgs

from sassafras.network.importers.darknet.config import read_cfg

TABLE = Path(__file__).parents[2] / "docs" / "darknet.md"
CLASSIFIERS = (
    *("alexnet", "cifar", "darknet", "darknet19", "darknet53", "densenet201", "extraction", "resnet18"),
    *("resnet34", "resnet50", "resnet101", "resnet152", "resnext50", "strided", "tiny", "vgg-16"),
)
ALEXEY_AB = (
    *("alexnet", "cifar", "csdarknet53-omega", "darknet", "darknet19", "darknet53", "densenet201"),
    *("efficientnet-lite3", "efficientnet_b0", "extraction", "resnet101", "resnet152", "resnet50"),
    *("resnext152-32x4d", "strided", "tiny", "vgg-16"),
)


def documented() -> list[list[str]]:
    """The lines of both tables: pjreddie's, AlexeyAB's."""
    return [
        [line for line in part.splitlines() if line.startswith("| `")]
        for part in TABLE.read_text("utf-8").split("## AlexeyAB's files")
    ]


@pytest.mark.parametrize("name", DARKNET)
def test_small_ones_agree_with_float64(name: str, tmp_path: Path) -> None:
    """Of the same kinds: batch normalisation and sums, groups, what stands before a detector's head."""
    cfg = tmp_path / f"{name}.cfg"
    cfg.write_text(DARKNET[name])
    found = row_of(cfg)
    assert found.result == "agrees", found


def test_a_head_is_refused_in_the_table_with_the_way_out(tmp_path: Path) -> None:
    cfg = tmp_path / "head.cfg"
    cfg.write_text(DARKNET["trunk"] + "[yolo]\nmask=0\n")
    found = row_of(cfg)
    assert found.result.startswith("refused: line ")
    (output,) = WAY_OUT.findall(found.result)
    assert row_of(cfg, output).result == "agrees"


def test_every_classifier_is_in_the_table_and_none_failed() -> None:
    for lines, classifiers in zip(documented(), (CLASSIFIERS, ALEXEY_AB), strict=True):
        for name in classifiers:
            (line,) = [line for line in lines if line.startswith(f"| `{name}.cfg` |")]
            assert line.endswith("| agrees |")
        assert all(line.endswith("| agrees |") or "| refused: line " in line for line in lines)


@pytest.mark.slow
def test_the_table_is_what_the_files_give(tmp_path: Path) -> None:
    folder = fetched_cfgs(tmp_path)
    found: list[Row] = list(rows(folder))
    assert [str(row) for row in found] == documented()[0]
    for row in found:
        if way := WAY_OUT.search(row.result):
            assert read_cfg(folder / row.name, way[1]).graph.nodes
