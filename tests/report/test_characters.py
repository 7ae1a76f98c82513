"""Output where only ASCII can be written: words, never a question mark, an escape or an error."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich import box
from rich.console import Console

import sassafras
from sassafras.report.cells import Text
from sassafras.report.characters import HANDLER, SPELT, speak_plainly, spelt
from sassafras.report.renderers.terminal import print_table
from sassafras.report.table import made

SOURCES = Path(sassafras.__file__).parent


@pytest.fixture(autouse=True)
def handler() -> None:
    speak_plainly({})


def written(text: str, encoding: str = "ascii") -> str:
    file = io.BytesIO()
    with io.TextIOWrapper(file, encoding=encoding, errors=HANDLER) as stream:
        stream.write(text)
        stream.flush()
        return file.getvalue().decode(encoding)


def test_what_is_written() -> None:
    assert written("10.7–14.9 ± 0.5 × 3, ≤ 2 → ∞, −1") == "10.7-14.9 +/- 0.5 x 3, <= 2 -> inf, -1"
    assert written("━━━│─┼") == "---|-+"
    assert written("Müller.png") == "M\\xfcller.png"
    assert written("\udce9.png") == written("\udce9.png", "utf-8") == "\\udce9.png"
    assert written("3 × ±–", "latin-1") == "3 × ±-"
    assert written("3 × ±–", "utf-8") == "3 × ±–"


def test_every_box_of_rich_is_drawn() -> None:
    boxes = [one for one in vars(box).values() if isinstance(one, box.Box)]
    assert len(boxes) > 10
    for one in boxes:
        assert "\\" not in written(str(one))


def test_every_character_that_a_command_may_print_is_spelt() -> None:
    """All of the sources, but for the page (HTML is UTF-8) and the figures."""
    for path in SOURCES.rglob("*.py"):
        if {"page", "figures"} & set(path.parts) or path.name == "characters.py":
            continue
        for line in path.read_text("utf-8").splitlines():
            if any(line.lstrip().startswith(mark) for mark in ('"""', "#")) or "Ville" in line:
                continue
            for character in re.findall(r"[^\x00-\x7f]", line):
                assert character in SPELT, f"{path}: {line}"


@given(st.text())
def test_never_an_error_nor_a_question_mark(text: str) -> None:
    found = written(text.replace("?", ""))
    assert found.isascii()
    assert "?" not in found
    assert spelt(text.encode("ascii", "ignore").decode()) == text.encode("ascii", "ignore").decode()


def test_a_table_stands_in_line() -> None:
    """Spelt before it is laid out: every row is as wide as the others."""
    rows = [[Text("±0.5 %"), "∞"], [Text("0.166 (0.12–∞)"), "≤ 12"], [Text("–"), "1"]]
    table = made("name", "a – b", "±", ("Δ", "x"), [rows], left=2)
    file = io.BytesIO()
    stream = io.TextIOWrapper(file, encoding="ascii", errors="strict")  # nothing is left for the handler
    print_table(Console(file=stream, width=60), table)
    stream.flush()
    lines = file.getvalue().decode("ascii").splitlines()
    places = {line.index(word) for line, word in zip(lines[3:6], ("inf", "<= 12", "1"), strict=True)}
    assert len(places) == 1
    assert lines[3].startswith("+/-0.5 %") and lines[4].startswith("0.166 (0.12-inf)")
