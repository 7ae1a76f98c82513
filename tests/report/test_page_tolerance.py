"""The slider of the page: it shows what Python counts, and is there only where that can be counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from tests.report.browser import Opened, open_page
from tests.report.conftest import Finished
from tests.report.test_page_command import typed

from sassafras.analysis.critical import Criticality
from sassafras.analysis.results import Results
from sassafras.analysis.sampling import Sampling
from sassafras.faults.strata import Stratify
from sassafras.report.figures.changes import STOPS, changes, critical, log_part
from sassafras.report.figures.svg import placed
from sassafras.report.figures.value import Bar
from sassafras.report.numbers import with_unit
from sassafras.report.page import render as page_render
from sassafras.report.page.critical import no_slider, slider_facts
from sassafras.report.page.material import gather
from sassafras.report.page.render import render
from sassafras.report.page.verdict import tiles
from sassafras.report.tables.ranking import ranking

pytestmark = pytest.mark.xdist_group("browser")

MODES = ("RF", "IOA", "IOV")


@pytest.fixture
def page(browser: Browser, finished: Finished) -> Iterator[Opened]:
    found = open_page(browser, finished.page, 1440, "light")
    yield found
    found.page.context.close()


def move(page: Opened, tolerance: float) -> None:
    page.page.locator("#tolerance-range").evaluate(
        """(range, stop) => {
             range.value = stop;
             range.dispatchEvent(new Event("input", { bubbles: true }));
           }""",
        STOPS.index(tolerance),
    )


def check_page(page: Opened, results: Results, tolerance: float) -> None:
    meant = Criticality(tolerance)
    for tile in tiles(replace(results, critical=meant)):
        assert page.page.inner_text(f"[data-number=critical-{tile.mode.value}]") == tile.critical.said
    assert page.page.inner_text("[data-number=meaning]") == meant.words
    (table,) = ranking(replace(results, critical=meant))
    texts = [[with_unit(c.plain) if c.unit else c.plain for c in row.cells] for row in table.rows]
    assert page.tables()["ranking"] == [list(table.columns), *texts]
    shown = page.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-critical]")].map((mark) => {
             const asked = [["rect.bar", "width"], [".whisker", "x1"], [".whisker", "x2"], [".halo", "x2"]];
             const numbers = asked.map(([name, key]) => Number(mark.querySelector(name).getAttribute(key)));
             return [mark.dataset.critical, [mark.querySelector(".value").textContent, ...numbers]];
           }))"""
    )
    for figure in critical(replace(results, critical=meant)):
        ((place,), _) = placed(figure)
        for bar in (mark for mark in figure.marks() if isinstance(mark, Bar)):
            label, *numbers = shown.pop(bar.key)
            assert label == bar.label
            found = bar.share
            ends = place.x(found.value) - place.left, place.x(found.low), place.x(found.end)
            assert numbers == pytest.approx([*ends, ends[-1]], abs=0.06)
    assert not shown


def by_hand(results: Results, tolerance: float) -> int:
    """From the faulty and golden probabilities of the rows alone."""
    rows, count = results.injections, 0
    golden = {
        frame: np.frombuffer(blob, "<f4").astype(float)
        for frame, blob, severity in zip(rows["frame"], rows["probabilities"], rows["severity"], strict=True)
        if severity == "NO_MALFUNCTION"
    }
    for frame, blob, severity in zip(rows["frame"], rows["probabilities"], rows["severity"], strict=True):
        if severity in (None, "NO_MALFUNCTION") or not isinstance(severity, str):
            continue
        faulty = np.frombuffer(blob, "<f4").astype(float)
        wrong = not np.isfinite(faulty).all() or faulty.argmax() != golden[frame].argmax()
        count += bool(wrong or np.abs(faulty - golden[frame]).max() >= tolerance)
    return count


@pytest.mark.alike(4)
@pytest.mark.parametrize("tolerance", [0.0, 0.001, 0.01, 1.0])
def test_it_counts_what_python_counts(page: Opened, finished: Finished, tolerance: float) -> None:
    move(page, tolerance)
    check_page(page, finished.results, tolerance)
    shown = sum(int(row[2]) for row in page.tables()["ranking"][1:] if row[2].isdigit())
    assert shown == by_hand(finished.results, tolerance)
    assert page.said == []


def test_the_tolerances_differ_here(finished: Finished) -> None:
    counts = [by_hand(finished.results, tolerance) for tolerance in (0.0, 0.001, 0.01, 1.0)]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == 4


def test_back_and_forth_by_keyboard(page: Opened, finished: Finished) -> None:
    """The whole way there and back: nothing is left of where it was."""
    page.page.keyboard.press("Tab")
    slider = page.page.get_by_role("slider", name="Tolerance")
    expect(slider).to_have_attribute("aria-valuetext", "0")
    slider.focus()
    page.page.keyboard.press("End")
    expect(page.page.locator("#tolerance-value")).to_have_text("1")
    check_page(page, finished.results, 1.0)
    page.page.keyboard.press("Home")
    page.page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1e-08")
    check_page(page, finished.results, 1e-8)
    page.page.keyboard.press("ArrowLeft")
    check_page(page, finished.results, 0.0)
    assert page.said == []


def test_every_stop(page: Opened, finished: Finished) -> None:
    """Counts alone, at each of them; changes of just a stop are critical there."""
    facts = slider_facts(finished.results)
    assert facts["stops"] == list(STOPS)
    (figure,) = changes(finished.results)
    ((place,), _) = placed(figure)
    for stop in STOPS:
        move(page, stop)
        shown = sum(int(row[2]) for row in page.tables()["ranking"][1:] if row[2].isdigit())
        assert shown == Criticality(stop).rows(finished.results.injections).sum()
        mark = page.page.locator("#tolerance-mark").get_attribute("x1")
        assert float(mark or "nan") == pytest.approx(place.x(max(stop, place.panel.x.low)), abs=0.06)


def test_a_page_made_for_a_tolerance(browser: Browser, finished: Finished, tmp_path: Path) -> None:
    """One that is no stop of the slider becomes one."""
    results = replace(finished.results, critical=Criticality(0.003))
    material = gather(finished.record, finished.shape, results)
    path = tmp_path / "report.html"
    path.write_text(render(material), "utf-8")
    found = open_page(browser, path, 390, "light")
    assert found.page.inner_text("#tolerance-value") == "0.003"
    check_page(found, results, 0.003)
    assert "by at least 0.003" in (found.page.text_content(".verdict") or "")
    assert "a change of at least 0.003" in found.page.inner_text("#reading")
    found.page.focus("#tolerance-range")
    found.page.keyboard.press("ArrowRight")
    check_page(found, results, 0.005)
    found.page.context.close()


def test_typed(finished: Finished, tmp_path: Path) -> None:
    before = finished.page.read_bytes()
    done = typed("report", finished.campaign.folder, "--tolerance", "0.01")
    assert done.exit_code == 0, done.output
    assert "a change of at least 0.01 of an output value" in finished.page.read_text("utf-8")
    assert typed("report", finished.campaign.folder, "--tolerance", "0").exit_code == 0
    assert finished.page.read_bytes() == before


def missing(browser: Browser, path: Path, page: str) -> str:
    path.write_text(page, "utf-8")
    found = open_page(browser, path, 390, "light")
    expect(found.page.locator("#tolerance")).to_be_hidden()
    text = found.page.inner_text("#tolerance-missing")
    assert found.said == []
    found.page.context.close()
    assert "makes a page for another tolerance" in text
    return text


def test_a_page_with_a_part_of_the_rows_counts_all_of_them(
    browser: Browser, finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = gather(finished.record, finished.shape, finished.results)
    monkeypatch.setattr(page_render, "LIMIT", len(render(material)) - 3000)
    path = tmp_path / "page.html"
    path.write_text(render(material), "utf-8")
    found = open_page(browser, path, 390, "light")
    assert "more would not fit into the page" in found.page.inner_text("#rows-note")
    move(found, 0.01)
    check_page(found, finished.results, 0.01)
    assert found.said == []
    found.page.context.close()


@pytest.mark.parametrize("stratify", [Stratify.KERNEL, None])
def test_no_slider_for_samples_that_do_not_count(
    browser: Browser, finished: Finished, tmp_path: Path, stratify: Stratify | None
) -> None:
    pairs = finished.results.injections[["mode", "kernel", "layer"]].drop_duplicates()
    weights = pairs.assign(weight=1 / pairs.groupby("mode")["mode"].transform("size"), dead=0.0)
    sampling = Sampling(stratify, None if stratify else 0.05, (), weights)
    results = replace(finished.results, sampling=sampling)
    material = replace(
        gather(finished.record, finished.shape, finished.results), results=results, hardening=None
    )
    assert "counts alone are no estimate" in missing(browser, tmp_path / "page.html", render(material))


def test_no_slider_where_changes_are_not_known(finished: Finished) -> None:
    rows = finished.results.injections
    results = replace(finished.results, injections=rows.assign(largest_change=None))
    assert "is not known" in no_slider(results)
    assert changes(results) == []
    assert no_slider(finished.results) == ""
    assert no_slider(replace(results, injections=rows.head(0))) == "no fault was injected"


def test_places_of_changes() -> None:
    assert 0 == log_part(0.0) < log_part(1e-8) < log_part(1e-4) < log_part(1.0) < 1
