"""What a comparison shows is what was compared."""

from __future__ import annotations

import json
import math
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from rich.console import Console
from tests.analysis.finished import finished

from sassafras.analysis.compare import Compared, Part, compare
from sassafras.analysis.contenders import contest
from sassafras.report.cells import Share
from sassafras.report.compare_figures import compare_figures, dots, lines
from sassafras.report.compare_lines import closing_lines
from sassafras.report.compare_write import content, write_comparison
from sassafras.report.numbers import share_text
from sassafras.report.renderers.terminal import print_tables
from sassafras.report.tables.registry import COMPARE, tables

UNLIKE = (0.7, 0.1, 0.1, 0.05, 0.05)


@pytest.fixture(scope="module")
def compared() -> Compared:
    return compare(
        contest([("runs/one", finished("one")), ("runs/two", finished("two", UNLIKE, dice=1, seed=3))])
    )


def printed(compared: Compared, width: int) -> str:
    text = StringIO()
    console = Console(width=width, file=text)
    print_tables(console, tables(COMPARE, compared))
    return text.getvalue()


def test_the_tables_say_the_shares(compared: Compared) -> None:
    text = printed(compared, 80)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "…" not in text
    row = compared.shares.query(
        "part == 'mode' and mode == 'IOV' and event == 'DUE' and campaign == 'B'"
    ).iloc[0]
    share = share_text(row["share"], row["low"], row["high"])
    lines_with = [
        line for line in text.splitlines() if share in line and f"{row['n']}/{row['total']}" in line
    ]
    assert lines_with
    assert all(name in text for name in ("runs/one", "runs/two", "forward_maxpool", "0 convolutional"))


def test_what_was_not_seen_has_the_one_sided_bound(compared: Compared) -> None:
    unseen = compared.shares[(compared.shares["n"] == 0) & (compared.shares["total"] > 0)]
    assert len(unseen)
    bounds = 1 - 0.05 ** (1 / unseen["total"])
    assert unseen["below"].tolist() == pytest.approx(bounds.tolist())
    assert compared.shares.loc[compared.shares["n"] > 0, "below"].isna().all()
    shown = [cell for t in tables(COMPARE, compared) for row in t.rows for cell in row.cells]
    unseen_cells = [cell for cell in shown if isinstance(cell, Share) and cell.trials and not cell.events]
    assert unseen_cells
    assert all(cell.text.startswith("below ") for cell in unseen_cells)


def test_the_closing_lines_name_every_significant_difference(compared: Compared) -> None:
    said = closing_lines(compared)
    found = compared.significant()
    assert len(found) > 0
    assert f"{len(found)} of {compared.differences['p_value'].notna().sum()} differences" in said[0]
    sentences = [line for line in said if line.startswith("  B: ")]
    assert len(sentences) == len(found)
    first = found.iloc[0]
    assert f"{first['n'] / first['total'] * 100:.1f} %" in sentences[0]


def test_every_dot_is_a_share(compared: Compared) -> None:
    for part in Part:
        labels = list(lines(compared, part))
        for mode in ("RF", "IOV"):
            shown = dots(compared, part, mode)
            assert len(shown) == len({(d.line, d.campaign) for d in shown})
            for dot in shown:
                row = compared.shares.query(
                    "part == @part.value and mode == @mode and campaign == @dot.campaign"
                )
                column = "event" if part is Part.MODE else "value"
                row = row[row[column] == labels[dot.line]]
                if part is not Part.MODE:
                    row = row[row["event"] == "CRITICAL"]
                assert [dot.share, dot.low, dot.high] == row[["share", "low", "high"]].iloc[0].tolist()


def test_the_figures_have_a_panel_per_mode_and_a_name_per_campaign(compared: Compared) -> None:
    figures = compare_figures(compared)
    assert list(figures) == ["outcomes", "kernels", "layers"]
    for figure in figures.values():
        assert [axes.get_title(loc="left") for axes in figure.axes] == ["mode RF", "mode IOV"]
        (legend,) = figure.legends
        assert [text.get_text() for text in legend.get_texts()] == ["A  runs/one", "B  runs/two"]


def test_files(compared: Compared, tmp_path: Path) -> None:
    paths = write_comparison(tmp_path, compared)
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_comparison(tmp_path, compared)] == first
    assert {path.name for path in paths} == {path.name for path in tmp_path.iterdir()}
    assert len(paths) == 3 + 2 * 3 + 1
    read = json.loads((tmp_path / "compare.json").read_text())
    assert read == content(compared)
    table = pd.read_csv(tmp_path / "compare_shares.csv", dtype={"value": str})
    assert len(read["shares"]) == len(table) == len(compared.shares)
    for row, record in zip(table.to_dict("records"), read["shares"], strict=True):
        assert (row["n"], row["total"], row["value"]) == (record["n"], record["total"], record["value"])
        assert record["share"] is None or math.isclose(row["share"], record["share"])
    assert read["campaigns"]["B"]["settings"]["seed"] == 3
    with Image.open(tmp_path / "compare_outcomes.png") as picture:
        assert picture.width == 1440
    assert (tmp_path / "compare_layers.svg").read_text().count("<svg") == 1
