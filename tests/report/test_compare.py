"""What a comparison shows is what was compared."""

from __future__ import annotations

import json
import math
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from rich.console import Console
from tests.analysis.finished import finished

from sassafras.analysis.compare import Compared, Part, compare
from sassafras.analysis.contenders import contest
from sassafras.report.cells import Share
from sassafras.report.compare_lines import closing_lines
from sassafras.report.compare_write import content, write_comparison
from sassafras.report.figures.comparison import NAMES, comparison, lines
from sassafras.report.figures.plotted import draw
from sassafras.report.figures.value import Point
from sassafras.report.numbers import share_text
from sassafras.report.renderers.terminal import print_tables
from sassafras.report.tables.registry import COMPARE

UNLIKE = (0.7, 0.1, 0.1, 0.05, 0.05)


@pytest.fixture(scope="module")
def compared() -> Compared:
    return compare(
        contest([("runs/one", finished("one")), ("runs/two", finished("two", UNLIKE, dice=1, seed=3))])
    )


def printed(compared: Compared, width: int) -> str:
    text = StringIO()
    console = Console(width=width, file=text)
    print_tables(console, COMPARE.of(compared))
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
    shown = [cell for t in COMPARE.of(compared) for row in t.rows for cell in row.cells]
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


def points(compared: Compared, part: Part, panel: int) -> list[tuple[str, str, str, Point]]:
    """Campaign, mode and line of every point of the left (0) or right (1) panels."""
    (figure,) = [f for f in comparison(compared) if f.name == f"compare_{NAMES[part]}"]
    found = []
    for row in figure.panels:
        for mark in row[panel].marks:
            if isinstance(mark, Point):
                letter, mode, label = mark.told.lines[0].split(", ")
                found.append((letter.removesuffix(" − A"), mode, label, mark))
    return found


def asked(table: pd.DataFrame, compared: Compared, part: Part, place: tuple[str, str, str]) -> pd.Series:
    """The row of a point."""
    letter, mode, label = place
    value = next(name for name, shown in lines(compared, part).items() if shown == label)
    own = table[(table["part"] == part.value) & (table["mode"] == mode) & (table["campaign"] == letter)]
    own = own[own["event" if part is Part.MODE else "value"] == value]
    (row,) = [row for _, row in own.iterrows() if part is Part.MODE or row["event"] == "CRITICAL"]
    return row


@pytest.mark.parametrize("part", Part)
def test_every_point_is_a_share_with_its_interval(compared: Compared, part: Part) -> None:
    found = points(compared, part, 0)
    assert found and len(found) == len({(letter, mode, label) for letter, mode, label, _ in found})
    for *place, point in found:
        row = asked(compared.shares, compared, part, (place[0], place[1], place[2]))
        high = row["high"] if row["n"] else 1 - 0.05 ** (1 / row["total"])
        assert point.interval is not None
        np.testing.assert_allclose(point.interval, (row["low"], high))
        assert (point.x, point.few) == (row["share"], row["total"] < 10)
        assert point.told.lines[2] == f"{row['n']:,} of {row['total']:,}"


@pytest.mark.parametrize("part", Part)
def test_every_difference_has_a_point(compared: Compared, part: Part) -> None:
    found = points(compared, part, 1)
    assert found
    for *place, point in found:
        row = asked(compared.differences, compared, part, (place[0], place[1], place[2]))
        assert (point.x, point.interval) == (row["difference"], (row["low"], row["high"]))


def test_all_panels_have_one_axis_and_every_campaign_its_name(compared: Compared) -> None:
    figures = comparison(compared)
    assert [figure.name for figure in figures] == ["compare_outcomes", "compare_kernels", "compare_layers"]
    for figure in figures:
        left, right = zip(*figure.panels, strict=True)
        assert [panel.title for panel in left] == ["mode RF; n: A 200, B 200", "mode IOV; n: A 200, B 200"]
        for panels in (left, right):
            assert len({(panel.x.low, panel.x.high) for panel in panels}) == 1
            ends = [p.interval or (p.x, p.x) for panel in panels for p in panel.marks if isinstance(p, Point)]
            assert panels[0].x.low <= min(low for low, _ in ends)
            assert max(high for _, high in ends) <= panels[0].x.high
        (legend,) = draw(figure).legends
        assert [text.get_text() for text in legend.get_texts()][:2] == ["A  runs/one", "B  runs/two"]


def test_files(compared: Compared, tmp_path: Path) -> None:
    paths = write_comparison(tmp_path, compared)
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_comparison(tmp_path, compared)] == first
    assert {path.name for path in paths} == {path.name for path in tmp_path.iterdir()}
    assert len(paths) == 3 + 2 * 3 + 2
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
