"""The page of a campaign on kernels of one's own: outputs are values, and a race is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.report.browser import open_page
from typer.testing import CliRunner

from sassafras.campaign.finished import read_finished
from sassafras.cli.main import app
from sassafras.explanation.stored import name_of

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("browser")]

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "own" / "scan" / "workload.toml"


def test_a_row_says_values_and_its_race(browser: Browser, tmp_path: Path) -> None:
    asked = ["run", "--workload", EXAMPLE, "--modes", "IOA", "--injections", 60, "--workers", 1]
    made = CliRunner().invoke(app, [str(word) for word in (*asked, "--out", tmp_path / "scan")])
    assert made.exit_code == 0, made.output
    rows = read_finished(tmp_path / "scan").injections
    row = rows[rows["race"].notna() & (rows["severity"] == "MALFUNCTION")].iloc[0]
    opened = open_page(browser, tmp_path / "scan" / "report.html", 1440, "light")
    page = opened.page
    page.locator("input").last.fill(name_of(int(row["id"])))
    page.locator("input").last.press("Enter")
    page.locator("button", has_text=name_of(int(row["id"]))).first.click()
    told = page.locator(".explanation").first.inner_text()
    assert f"The fault makes a race: {row['race']}." in told
    answer, _, values = told.partition("Values of the output")
    assert "Without the fault right → with it wrong" in answer and "%" not in answer
    assert values.splitlines()[1] == "which\tgolden\twith the fault"
    assert values.splitlines()[2].startswith("value ") and "%" not in values.splitlines()[2]
    assert opened.said == []
    page.context.close()
