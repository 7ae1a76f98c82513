"""What is drawn, asked of the figure itself; and that the files are whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from PIL import Image

from sassafras.analysis.results import Results
from sassafras.report.chart import Bar, charts, clv_charts, label
from sassafras.report.figures import DPI, HEIGHT, WIDTH, draw, write_figures
from sassafras.report.palette import COLOURS, EMPTY


def test_a_bar_per_share_in_the_colour_of_its_outcome(results: Results) -> None:
    for chart in charts(results):
        (axes,) = draw(chart).axes
        bars = [patch for patch in axes.patches if to_hex(patch.get_facecolor()).upper() != EMPTY]
        expected = [(c, g.bars[c]) for g in chart.groups if not g.empty for c in chart.classes]
        assert len(bars) == len(expected)
        for drawn, (outcome, bar) in zip(bars, expected, strict=True):
            assert isinstance(drawn, Rectangle)
            assert drawn.get_height() == bar.share
            assert to_hex(drawn.get_facecolor()).upper() == COLOURS[outcome]


def test_whiskers_are_the_intervals(results: Results) -> None:
    for chart in charts(results):
        (axes,) = draw(chart).axes
        ends = [tuple(c.get_segments()[0][:, 1]) for c in axes.collections]  # type: ignore[attr-defined]
        expected = [
            (g.bars[c].low, g.bars[c].high) for g in chart.groups if not g.empty for c in chart.classes
        ]
        assert ends == expected


def test_words_on_the_figure(results: Results) -> None:
    chart = clv_charts(results)[0]
    figure = draw(chart)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "0\nconv\nn = 14",
        "1\nmaxpool\nn = 6",
        "2\ndropout",
        "3\nsoftmax",
    ]
    written = {text.get_text() for text in axes.texts}
    assert {"no launches", "no injections"} <= written
    assert "0" not in written, "none seen is not 0 %"
    assert "<20" in written, "0 of 14: 1 - 0.05 ** (1 / 14) = 19.3 %"
    assert "upper bound" in chart.note
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [c.label for c in chart.classes]
    assert figure.get_suptitle() == chart.title
    assert figure.get_supxlabel() == chart.note


def test_a_bar_is_labelled_with_its_share_or_its_bound() -> None:
    assert label(Bar(127, 0.127, 0.1, 0.15)) == "12.7"
    assert label(Bar(0, 0.0, 0.0, 0.0037, 0.00299)) == "<0.30"


def test_files_are_png_and_the_same_again(results: Results, tmp_path: Path) -> None:
    chart = charts(results)[:1]
    (first,) = write_figures(tmp_path / "one", chart)
    (again,) = write_figures(tmp_path / "two", chart)
    assert first.read_bytes() == again.read_bytes()
    assert sorted(path.name for path in first.parent.iterdir()) == ["ckv_RF.png"]
    with Image.open(first) as picture:
        assert picture.format == "PNG"
        assert picture.size == (round(WIDTH * DPI), round(HEIGHT * DPI))
        assert picture.info["dpi"] == pytest.approx((DPI, DPI), abs=0.1)
