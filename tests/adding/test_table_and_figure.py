"""The recipes "a table" and "a figure", followed: a function each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.adding.tree import Tree, copied
from tests.cli.small_files import write_files

TABLE = '''

@CAMPAIGN.at(35)
def frames_table(results: Results) -> list[Table]:
    """How many injections each frame has."""
    rows = [[str(frame), len(rows)] for frame, rows in results.injections.groupby("frame")]
    return [made("frames", "Frames", "", ("frame", "injections of the frame"), [rows])]
'''
FIGURE = '''

@CAMPAIGN.at(65, marked=True)
def again(results: Results) -> list[v.Figure]:
    """The kernels once more, under another name."""
    from dataclasses import replace

    return [replace(figure, name=f"again_{figure.name}") for figure in ckv(results)]
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("added")


@pytest.fixture(scope="module")
def table(folder: Path) -> Tree:
    made = copied(folder / "table")
    made.append("report/tables/campaign.py", TABLE)
    return made


@pytest.fixture(scope="module")
def figure(folder: Path) -> Tree:
    made = copied(folder / "figure")
    made.append("report/figures/vulnerability.py", FIGURE)
    return made


def test_what_each_takes(table: Tree, figure: Tree) -> None:
    assert table.touched == {"report/tables/campaign.py"}
    assert figure.touched == {"report/figures/vulnerability.py"}


@pytest.mark.long
def test_a_figure_is_drawn_and_a_table_printed(table: Tree, figure: Tree, tmp_path: Path) -> None:
    run = ("run", "--injections", "10", "--workers", "1", "--out", "mine")
    figure.run(*run, *write_files(tmp_path).options, folder=tmp_path)
    drawn = {path.name for path in (tmp_path / "mine" / "figures").iterdir()}
    assert drawn >= {"again_ckv_RF.png", "ckv_RF.png"}
    assert "injections of the frame" in table.run("tables", "mine", folder=tmp_path)
