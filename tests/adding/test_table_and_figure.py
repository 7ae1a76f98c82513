"""The recipes "a table" (its function and its line) and "a figure", followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adding.tree import Tree, copied
from tests.cli.small_files import write_files

TABLE = '''

def frames_table(results: Results) -> list[Table]:
    """How many injections each frame has."""
    rows = [[str(frame), len(rows)] for frame, rows in results.injections.groupby("frame")]
    return [made("frames", "Frames", "", ("frame", "injections of the frame"), [rows])]
'''
FIGURE = '''

def late_charts(results: Results) -> list[Chart]:
    """The kernels once more, under another name."""
    from dataclasses import replace

    return [replace(chart, name=f"again_{chart.name}") for chart in ckv_charts(results)]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("added")


@pytest.fixture(scope="module")
def table(folder: Path) -> Tree:
    made = copied(folder / "table")
    made.append("report/tables/campaign.py", TABLE)
    made.behind("report/tables/registry.py", "    sampling.lanes,", "    campaign.frames_table,\n")
    return made


@pytest.fixture(scope="module")
def figure(folder: Path) -> Tree:
    made = copied(folder / "figure")
    made.append("report/chart.py", FIGURE)
    line = "    return ckv_charts(results) + clv_charts(results)"
    made.replace("report/chart.py", line, f"{line} + late_charts(results)")
    return made


def test_what_each_takes(table: Tree, figure: Tree) -> None:
    assert table.touched == {"report/tables/campaign.py", "report/tables/registry.py"}
    assert figure.touched == {"report/chart.py"}


def test_a_figure_is_drawn_and_a_table_printed(table: Tree, figure: Tree, tmp_path: Path) -> None:
    run = ("run", "--injections", "10", "--workers", "1", "--out", "mine")
    figure.run(*run, *write_files(tmp_path).options, folder=tmp_path)
    drawn = {path.name for path in (tmp_path / "mine" / "figures").iterdir()}
    assert drawn >= {"again_ckv_RF.png", "ckv_RF.png"}
    assert "injections of the frame" in table.run("tables", "mine", folder=tmp_path)
