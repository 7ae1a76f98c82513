"""The page of a comparison: the answer, then figures and tables that say what the terminal says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.analysis.finished import finished
from tests.report.browser import Opened, open_page, serious

from sassafras.analysis.compare import Compared, Part, compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.events import Event
from sassafras.report.compare_lines import closing_lines
from sassafras.report.compare_write import PAGE, write_comparison
from sassafras.report.figures.comparison import comparison
from sassafras.report.numbers import share_text
from sassafras.report.page.compare import compare_page
from sassafras.report.tables.registry import COMPARE

LONG = "runs/<two>/harden/im2col_gpu=tmr+forward_maxpool=tmr.fresh.sqlite"
UNLIKE = (0.45, 0.05, 0.4, 0.05, 0.05)


@pytest.fixture(scope="module")
def compared() -> Compared:
    return compare(contest([("runs/one", finished("one")), (LONG, finished("two", UNLIKE, dice=1, seed=3))]))


@pytest.fixture(scope="module")
def text(compared: Compared) -> str:
    return compare_page(compared)


def plain(text: str) -> str:
    """The words of the page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_the_answer_is_said_before_anything_else(compared: Compared, text: str) -> None:
    first = text[text.index('id="answer"') : text.index('id="outcomes"')]
    said = plain(first)
    found = compared.significant()
    assert f"{len(found)} of {compared.differences['p_value'].notna().sum()} differences" in said
    assert len(found) > 0
    for line in closing_lines(compared):
        if line.startswith("  "):
            assert line.strip() in said
    for mode in compared.contest.modes:
        for letter in "AB":
            (row,) = [
                row
                for row in compared.shares.to_dict("records")
                if (row["part"], row["mode"], row["event"], row["campaign"])
                == (Part.MODE.value, mode.value, Event.CRITICAL.value, letter)
            ]
            assert f"{letter} {share_text(row['share'], row['low'], row['high'])} %" in said
    lead = plain(first[first.index('<p class="lead">') :].partition("</p>")[0])
    fewer = found[(found["part"] == "mode") & (found["event"] == "CRITICAL")]
    assert len(fewer) == 2
    assert (fewer["difference"] > 0).all()
    assert lead.endswith("B has more in RF and IOV, beyond chance.")
    assert "CKV" not in said


def test_every_figure_and_table_of_the_comparison_is_there_once(compared: Compared, text: str) -> None:
    for figure in comparison(compared):
        assert text.count(f'id="figure-{figure.name}"') == 1
    for table in COMPARE.of(compared):
        assert text.count(f'<table id="{table.name}"') == 1
        held = plain(text[text.index(f'<table id="{table.name}"') :].partition("</table>")[0])
        for row in table.rows:
            for cell in row.cells:
                assert " ".join(cell.plain.split()) in held
    assert len(re.findall(r"<table ", text)) == len(COMPARE.of(compared))


def test_notes_and_names_are_escaped(text: str) -> None:
    assert "runs/<two>" not in text
    assert "runs/&lt;two&gt;/harden" in text


def test_the_page_is_written_beside_the_numbers(compared: Compared, tmp_path: Path) -> None:
    assert tmp_path / PAGE in write_comparison(tmp_path, compared)
    assert (tmp_path / PAGE).read_text("utf-8") == compare_page(compared)


@pytest.fixture(
    scope="module", params=[(390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")], ids=str
)
def opened(
    browser: Browser, text: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("compare") / PAGE
    path.write_text(text, "utf-8")
    found = open_page(browser, path, *request.param)
    yield found
    found.page.context.close()


@pytest.mark.xdist_group("browser")
def test_it_is_silent_asks_for_nothing_and_fits(opened: Opened) -> None:
    page = opened.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.said == []
    assert len([url for url in opened.asked if not url.startswith("data:")]) == 1
    mark = page.locator("#figure-compare_outcomes [data-tip]").first
    mark.hover()
    assert page.inner_text("#tip-text").strip() == (mark.get_attribute("data-tip") or "").strip()
    mark.click()
    assert page.locator("#tip-show").is_hidden()
    page.keyboard.press("Escape")
    assert page.locator("#tip").is_hidden()
    sizes = page.evaluate(
        """[...document.querySelectorAll("svg.drawing")].map((one) =>
             10.5 * one.getBoundingClientRect().width / one.viewBox.baseVal.width)"""
    )
    assert min(sizes) > 8.5  # pixels of a letter


@pytest.mark.alike(4)
@pytest.mark.xdist_group("browser")
def test_axe_finds_nothing_serious(opened: Opened) -> None:
    opened.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert serious(opened, {"rules": {"color-contrast": {"enabled": False}}}) == []
    opened.page.evaluate("for (const e of document.querySelectorAll('svg')) e.remove()")
    assert serious(opened, {"runOnly": ["color-contrast"]}) == []
