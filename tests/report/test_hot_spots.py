"""Hot spots in a real browser: only hot lines, an address for each, nothing cut."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.report.browser import Opened, open_page
from tests.report.conftest import Finished

pytestmark = pytest.mark.xdist_group("browser")


def test_only_hot_lines(opened: Opened) -> None:
    """Lines with critical faults stay, with two around each; and the one that a link points at."""
    shown = """() => [...document.querySelectorAll("#code details[open] tbody")].map((part) =>
      [...part.rows].map((row) => [
        [...row.querySelectorAll("button")].some((cell) => !cell.textContent.startsWith("0/")),
        row.checkVisibility()]))"""
    assert all(seen for part in opened.page.evaluate(shown) for _, seen in part)
    opened.page.check("#only-hot")
    parts = opened.page.evaluate(shown)
    for part in parts:
        hot = [at for at, (is_hot, _) in enumerate(part) if is_hot]
        for at, (_, seen) in enumerate(part):
            assert seen == any(abs(at - other) <= 2 for other in hot)
    assert any(not seen for part in parts for _, seen in part)
    opened.page.uncheck("#only-hot")


def test_a_line_has_an_address(browser: Browser, finished: Finished) -> None:
    """It opens its kernel, even among hot lines only, and is marked."""
    found = open_page(browser, finished.page, 1440, "light")
    found.page.check("#only-hot")
    row = found.page.locator("#code details:not([open]) .listing:first-child tr.cold").first
    address = row.locator("th a").get_attribute("href")
    assert address
    assert not row.is_visible()
    found.page.evaluate("(to) => { location.hash = to; }", address)
    marked = found.page.locator("#code tr:target")
    expect(marked).to_be_in_viewport()
    assert marked.get_attribute("id") == address.removeprefix("#")
    assert marked.evaluate("row => getComputedStyle(row.cells[0]).borderTopWidth") == "2px"
    assert found.said == []
    found.page.context.close()


@pytest.mark.parametrize(("width", "media"), [(390, "screen"), (1440, "screen"), (700, "print")])
def test_no_line_of_code_is_cut(browser: Browser, finished: Finished, width: int, media: Any) -> None:
    """On a screen a line may lie in a region that scrolls to its end, on paper it lies within the page."""
    found = open_page(browser, finished.page, width, "light")
    found.page.emulate_media(media=media)
    found.page.evaluate("document.querySelectorAll('#code details').forEach((one) => { one.open = true; })")
    cut = found.page.evaluate(
        """(media) => [...document.querySelectorAll("#code .text")].filter((cell) => {
             const region = cell.closest(".listing");
             const end = cell.getBoundingClientRect().right - region.getBoundingClientRect().left;
             const room = media === "print" ? region.clientWidth : region.scrollWidth + 1;
             return cell.scrollWidth > cell.clientWidth + 1 || end > room + 1
               || (media !== "print" && getComputedStyle(region).overflowX !== "auto");
           }).map((cell) => cell.textContent)""",
        media,
    )
    assert cut == []
    found.page.context.close()
