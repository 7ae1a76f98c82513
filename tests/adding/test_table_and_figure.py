"""The recipes "a table" and "a figure", followed: one file each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adding.tree import Tree, copied
from tests.cli.small_files import write_files

TABLE = '''

def frames_table(results: Results) -> Table:
    """How many injections each frame has."""
    table = Table()
    table.add_column("frame")
    table.add_column("injections of the frame")
    for frame, rows in results.injections.groupby("frame"):
        table.add_row(str(frame), str(len(rows)))
    return table
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
    made.append("report/tables.py", TABLE)
    made.behind("report/tables.py", "        *sampling_tables(results),", "        frames_table(results),\n")
    return made


@pytest.fixture(scope="module")
def figure(folder: Path) -> Tree:
    made = copied(folder / "figure")
    made.append("report/chart.py", FIGURE)
    line = "    return ckv_charts(results) + clv_charts(results)"
    made.replace("report/chart.py", line, f"{line} + late_charts(results)")
    return made


def test_each_takes_one_file(table: Tree, figure: Tree) -> None:
    assert table.touched == {"report/tables.py"}
    assert figure.touched == {"report/chart.py"}


def test_a_figure_is_drawn_and_a_table_printed(table: Tree, figure: Tree, tmp_path: Path) -> None:
    run = ("run", "--injections", "10", "--workers", "1", "--out", "mine")
    figure.run(*run, *write_files(tmp_path).options, folder=tmp_path)
    drawn = {path.name for path in (tmp_path / "mine" / "figures").iterdir()}
    assert drawn >= {"again_ckv_RF.png", "ckv_RF.png"}
    assert "injections of the frame" in table.run("tables", "mine", folder=tmp_path)
