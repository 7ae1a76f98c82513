"""A former campaign beside today's, on the first screen: every number is counted here once more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser
from tests.analysis.finished import finished as contender
from tests.report import made_up
from tests.report.browser import open_page
from tests.report.conftest import Finished
from tests.report.test_page_command import typed
from tests.report.test_page_numbers import MODES, check_share

from sassafras.analysis.compare import compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.differences import independent
from sassafras.faults.model import FaultModel
from sassafras.report.numbers import decimals_of, signed
from sassafras.report.tables.compare import history

pytestmark = pytest.mark.xdist_group("browser")

EVENTS = {
    "Critical": ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"),
    "Malfunction": ("MALFUNCTION",),
    "Invalid-Output": ("INVALID_OUTPUT",),
    "DUE": ("DUE",),
}


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fewer faults of the same program, with other dice."""
    return made_up.campaign(tmp_path_factory.mktemp("today"), 90, dice=8).folder


def endings(folder: Path) -> pd.DataFrame:
    with closing(sqlite3.connect(folder / "results.sqlite")) as db:
        return pd.read_sql_query("SELECT mode, coalesce(severity, outcome) AS ending FROM injections", db)


def test_the_first_screen_says_before_and_now(finished: Finished, today: Path, browser: Browser) -> None:
    result = typed("report", today, "--previous", finished.campaign.folder)
    assert result.exit_code == 0, result.output
    found = open_page(browser, today / "report.html", 390, "light")
    assert found.page.locator("#answer #history").count() == 1
    assert found.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heads, *rows = found.tables()["history"]
    assert heads == ["outcome", "mode", "before", "now", "difference"]
    assert {(row[0], row[1]) for row in rows} == {(name, mode) for name in EVENTS for mode in MODES}
    stores = endings(finished.campaign.folder), endings(today)
    for name, mode, before, now, difference in rows:
        own = [store[store["mode"] == mode]["ending"].isin(EVENTS[name]) for store in stores]
        check_share(before, int(own[0].sum()), len(own[0]))
        check_share(now, int(own[1].sum()), len(own[1]))
        exact = independent(int(own[0].sum()), len(own[0]), int(own[1].sum()), len(own[1]))
        places = decimals_of(exact.value, exact.low, exact.high)
        assert difference.replace("*", "").startswith(signed(exact.value, places))
        for end in (exact.low, exact.high):
            assert signed(end, places).removeprefix("+") in difference
    caption = found.page.inner_text("#history caption")
    assert str(finished.campaign.folder) in caption
    assert found.said == []
    found.page.context.close()


def test_differences_of_pairs_are_called_that() -> None:
    """The same faults, of one more than of the other: the difference is not now less before."""
    chances = (0.7, 0.1, 0.1, 0.05, 0.05)
    both = [
        ("old", contender("old", injections=60)),
        ("new", contender("new", chances, dice=1, injections=90)),
    ]
    found = compare(contest(both))
    (table,) = history(found)
    row = found.differences.query("part == 'mode' and mode == 'RF' and event == 'CRITICAL'").iloc[0]
    assert (row["total_reference"], row["total"]) == (60, 60)
    assert "difference of the faults that both hold, one by one" in table.caption


def test_without_it_there_is_no_history(finished: Finished) -> None:
    assert 'id="history"' not in finished.page.read_text("utf-8")


def test_it_is_a_table_of_papers_too(finished: Finished, today: Path, tmp_path: Path) -> None:
    words = ("--figures", tmp_path, "--format", "svg")
    assert typed("report", today, "--previous", finished.campaign.folder, *words).exit_code == 0
    assert len(pd.read_csv(tmp_path / "history.csv")) == len(EVENTS) * len(MODES)
    assert "before" in (tmp_path / "history.tex").read_text("utf-8")


def test_what_cannot_be_compared_is_refused_in_one_line(finished: Finished, today: Path) -> None:
    page = finished.page.read_bytes()
    folder = finished.campaign.folder
    for previous, said in (
        (folder, "are the same campaign"),
        (folder / "nowhere", "nowhere"),
        (today / "report.html", "report.html"),
    ):
        result = typed("report", folder, "--previous", previous)
        assert result.exit_code == 2, result.output
        (line,) = result.stderr.splitlines()
        assert said in line
    assert finished.page.read_bytes() == page


def test_campaigns_of_other_faults_are_refused(finished: Finished, tmp_path: Path) -> None:
    other = made_up.campaign(tmp_path, 6, models=(FaultModel.SINGLE_BIT, FaultModel.ZERO_VALUE)).folder
    result = typed("report", finished.campaign.folder, "--previous", other)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "shares of different faults cannot be compared" in line
