"""Figures drawn by several processes: all of them, the same ones, and none left behind."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from sassafras.analysis.results import Results
from sassafras.report.drawing import Drawing
from sassafras.report.figures.files import write_figures
from sassafras.report.figures.registry import campaign_figures


def _mark(folder: Path, numbers: Sequence[int]) -> None:
    for number in numbers:
        with (folder / str(number)).open("a") as file:
            file.write("drawn")


def _marked(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("processes", [1, 2, 3, 20])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 12])
def test_each_figure_is_drawn_once(tmp_path: Path, processes: int, count: int) -> None:
    with Drawing(partial(_mark, tmp_path), range(count), processes) as drawing:
        drawing.finish()
    assert _marked(tmp_path) == {str(number): "drawn" for number in range(count)}


def test_the_same_bytes_whoever_draws(results: Results, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    shown = campaign_figures(results, run=True)
    write_figures(here, shown)
    with Drawing(partial(write_figures, there), shown, 3) as drawing:
        drawing.finish()
    assert [p.name for p in sorted(there.iterdir())] == sorted(f"{figure.name}.png" for figure in shown)
    for path in there.iterdir():
        assert path.read_bytes() == (here / path.name).read_bytes()


def test_what_a_process_fails_to_draw_is_drawn_here(tmp_path: Path) -> None:
    here = os.getpid()

    def draw(numbers: Sequence[int]) -> None:
        if os.getpid() != here:
            os._exit(9)  # as if it had been killed
        _mark(tmp_path, numbers)

    with Drawing(draw, range(4), 2) as drawing:
        drawing.finish()
    assert set(_marked(tmp_path)) == {"0", "1", "2", "3"}


def test_an_error_is_told_here(tmp_path: Path) -> None:
    def draw(_: Sequence[int]) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"), Drawing(draw, range(4), 2) as drawing:
        drawing.finish()


def test_given_up_where_the_command_ends_early() -> None:
    with pytest.raises(KeyboardInterrupt), Drawing(lambda _: time.sleep(60), range(4), 3):
        raise KeyboardInterrupt
    assert not multiprocessing.active_children()
