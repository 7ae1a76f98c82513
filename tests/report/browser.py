"""A real browser: Debian's chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "no chromium here: the page was not opened in a browser (install it: apt-get install chromium)"


def find_chromium() -> str:
    """The browser's path. Without one the test is left out, and says so; under CI it fails."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is not None:
        return found
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


_running: list[Browser] = []  # Playwright runs once in a process


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The browser of this process: the one that runs, else a new one until the end of the block."""
    if _running:
        yield _running[0]
        return
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, headless=True)
        _running.append(browser)
        try:
            yield browser
        finally:
            _running.clear()
            browser.close()


@dataclass(frozen=True)
class Opened:
    """An open page, and all that it said and asked for since."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def tables(self) -> dict[str, list[list[str]]]:
        """The text of every table with an id: rows of cells, the headings first."""
        found: dict[str, list[list[str]]] = self.page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("table[id]")].map((table) => [
                 table.id,
                 [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
               ]))"""
        )
        return found

    def marks(self, figure: str) -> list[dict[str, Any]]:
        """What can be pointed at in a figure: its words, its filter, and the box of its first bar."""
        found: list[dict[str, Any]] = self.page.evaluate(
            """(name) => [...document.querySelectorAll(`#figure-${name} [data-tip]`)].map((mark) => ({
                 tip: mark.dataset.tip,
                 filter: mark.dataset.filter ? JSON.parse(mark.dataset.filter) : null,
                 bars: [...mark.querySelectorAll(".bar")].map((bar) => ({
                   width: Number(bar.getAttribute("width")), height: Number(bar.getAttribute("height")),
                 })),
                 text: mark.textContent.trim(),
               }))""",
            figure,
        )
        return found

    def count(self) -> str:
        """What the table says about how much it shows."""
        return self.page.inner_text("#count")


def open_page(
    browser: Browser, path: Path, width: int, scheme: Any, ready: str = "html[data-ready=yes]"
) -> Opened:
    """Open a file at a width, "light" or "dark", and wait until its table is there (``ready``)."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", offline=True
    )
    opened = Opened(context.new_page())
    opened.page.on("console", lambda message: opened.said.append(f"{message.type}: {message.text}"))
    opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.page.on("request", lambda request: opened.asked.append(request.url))
    opened.page.goto(path.as_uri())
    opened.page.wait_for_selector(ready)
    return opened


def serious(opened: Opened, options: dict[str, object]) -> list[str]:
    """What axe calls serious or worse."""
    result = Axe().run(opened.page, options={"resultTypes": ["violations"], **options})
    return [
        f"{v['id']} ({v['impact']}): {v['nodes'][0]['html']}"
        for v in result.response["violations"]
        if v["impact"] in ("serious", "critical")
    ]
