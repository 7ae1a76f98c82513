"""The first screen: every number on it is the store's, counted here once more."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.report.browser import Opened
from tests.report.conftest import Finished
from tests.report.test_page_numbers import CRITICAL, KERNELS, MODES, check_share, store

from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.results import Results, read_results
from sassafras.campaign.store.folder import RECIPE
from sassafras.report.page.answer import answer
from sassafras.report.page.material import gather
from sassafras.report.page.render import render
from sassafras.report.tables.glance import glance

pytestmark = pytest.mark.xdist_group("browser")

__all__ = ["store"]  # the fixture


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1].replace(",", ""))


def test_the_sentence(opened: Opened, store: pd.DataFrame) -> None:
    lead = opened.page.inner_text(".lead")
    assert _number(r"Of ([\d,]+) faults", lead) == len(store)
    for ending, pattern in (
        ("MALFUNCTION", r"([\d,]+) changed its answer and nothing told"),
        ("INVALID_OUTPUT", r"([\d,]+) turned it into NaN or infinity"),
        ("LIGHT_MALFUNCTION", r"([\d,]+) changed values of the output"),
        ("DUE", r"([\d,]+) crashed or hung it"),
    ):
        assert _number(pattern, lead) == int((store["ending"] == ending).sum()), ending
    largest = store[store["ending"] == "LIGHT_MALFUNCTION"]["largest_change"].max()
    shown = re.search(r"by up to ([\d.e-]+)\)", lead)
    assert shown
    assert float(shown[1]) == pytest.approx(largest, rel=0.005)


def test_what_was_struck_and_what_matters(opened: Opened, store: pd.DataFrame) -> None:
    points = dict(
        zip(*(opened.page.locator(f".points {x}").all_inner_texts() for x in ("dt", "dd")), strict=True)
    )
    assert all(kernel in points["What was struck"] for kernel in KERNELS)
    assert "Not struck: gemm: " in points["What was struck"]
    told = points["The kernel that matters"]
    for mode in MODES:
        own = store[(store["mode"] == mode) & store["critical"]]["kernel"].value_counts()
        if len(own):
            assert f"({own.max()} of {own.sum()}) of the critical {mode} faults" in told
            part = re.search(rf"([\d.]+) % \(\d+ of \d+\) of the critical {mode}", told)
            assert part
            assert float(part[1]) == pytest.approx(100 * own.max() / own.sum(), abs=0.06)


def test_what_protection_buys(opened: Opened, finished: Finished, store: pd.DataFrame) -> None:
    """Benefit and cost on one base, from the study's own numbers."""
    told = opened.page.locator(".points dd").nth(2).inner_text()
    numbers = json.loads((finished.record.path.parent / "harden.json").read_text("utf-8"))
    critical = next(
        one
        for one in numbers["failures"]
        if (one["mode"], one["model"], one["failure"]) == ("all", "all", "CRITICAL")
    )
    shown = re.search(r"Failures of the struck kernels, times the unhardened ones: Critical ([\d.]+)", told)
    assert shown
    assert float(shown[1]) == pytest.approx(critical["ratio"], rel=0.006)
    after = numbers["fresh"]["all"]["critical"]
    before = f"{int(store['critical'].sum())} of {len(store)} before"
    assert f"Critical injections: {before}, {after['n']} of {after['of']} after." in told
    (own,) = [c for c in numbers["table2"]["columns"].values() if c["protection"] == numbers["protection"]]
    for name in ("overhead_of_injected_kernels", "overhead"):
        assert f"{own[name] * 100:.2f} % (" in told


def test_protection_that_was_not_studied(finished: Finished, results: Results) -> None:
    material = replace(gather(finished.record, finished.shape, results), hardening=None)
    assert "sassafras harden " in answer(material).points[2].text
    assert "hardened" not in glance(material)[0].columns


def test_it_stands_before_all_else(opened: Opened) -> None:
    sections = opened.page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    assert sections[0] == "answer"
    assert opened.page.locator("#answer svg.drawing").count() == 1
    top = opened.page.locator("#answer .lead").bounding_box()
    assert top
    assert top["y"] + top["height"] < 900


def test_kernels_at_a_glance(opened: Opened, store: pd.DataFrame) -> None:
    headings, *rows = opened.tables()["glance"]
    assert [heading.rstrip(" ↕") for heading in headings] == [
        *("kernel", "struck", "critical", "of the critical", "Malfunction", "time"),
        *("hardened", "critical then", "own time"),
    ]
    assert {row[0] for row in rows} == {*KERNELS, "gemm"}
    for kernel, struck, critical, part, wrong, *_rest in rows:
        own = store[store["kernel"] == kernel]
        if kernel == "gemm" or not len(own):
            assert struck == "not struck"
            continue
        assert struck == f"{len(own):,}"
        check_share(critical, int(own["critical"].sum()), len(store))
        check_share(wrong, int((own["ending"] == CRITICAL[0]).sum()), len(store))
        assert float(part.removesuffix(" %")) == pytest.approx(
            100 * own["critical"].sum() / store["critical"].sum(), abs=0.06
        )
    times = [float(row[5].removesuffix(" %")) for row in rows]
    assert sum(times) == pytest.approx(100, abs=1)


def test_kernels_are_sorted_by_a_press(opened: Opened) -> None:
    head = opened.page.locator("#glance thead th").nth(1)
    order = []
    for wanted in ("descending", "ascending"):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == wanted
        cells = opened.page.locator("#glance tbody td:nth-child(2)").all_inner_texts()
        numbers = [int(cell.replace(",", "")) for cell in cells if cell != "not struck"]
        assert cells[len(numbers) :] == ["not struck"] * (len(cells) - len(numbers))
        order.append(numbers)
    assert order[0] == sorted(order[0], reverse=True) == order[1][::-1]


def test_conditions_of_the_run_are_judged(finished: Finished, results: Results) -> None:
    def of(*conditions: str) -> list[tuple[str, bool]]:
        material = gather(
            finished.record, finished.shape, results, conditions=[parse_condition(c) for c in conditions]
        )
        return [(one.condition.text, one.is_true) for one in answer(material).conditions]

    assert of() == []
    assert of("SDC > 99%", "SDC > 0%") == [("SDC > 99%", False), ("SDC > 0%", True)]
    path = finished.record.path.parent / RECIPE
    path.write_text('fail-if = ["DUE > 98%"]\n')
    try:
        (one,) = gather(finished.record, finished.shape, results).conditions
        assert (one.condition.text, one.is_true) == ("DUE > 98%", False)
        path.write_text("not = [ TOML")
        assert gather(finished.record, finished.shape, results).conditions == ()
    finally:
        path.unlink()


def test_a_condition_that_is_none_is_said_and_stops_nothing(finished: Finished) -> None:
    """A recipe may be edited by hand; what another campaign's kernels are called may stand in it too."""
    path = finished.record.path.parent / RECIPE
    path.write_text('fail-if = ["DUE > 98%", "DUE.hihg > 1%", "DUE of nosuch > 1%", 7]\n')
    try:
        material = gather(finished.record, finished.shape, finished.results)
        assert [one.condition.text for one in material.conditions] == ["DUE > 98%"]
        assert [one.partition(": ")[0] for one in material.unread] == [
            "DUE.hihg > 1%", "DUE of nosuch > 1%", "7",
        ]  # fmt: skip
        assert "no kernel nosuch in the campaign" in material.unread[1]
        page = render(material)
        assert "<b>could not be read</b> DUE.hihg &gt; 1%" in page
        path.write_text("fail-if = 3\n")
        assert len(gather(finished.record, finished.shape, finished.results).unread) == 1
    finally:
        path.unlink()


def test_without_injections(finished: Finished, results: Results) -> None:
    none = replace(results, injections=results.injections[:0])
    material = replace(gather(finished.record, finished.shape, results), results=none)
    assert answer(material).lead == "No fault was injected."
    assert all(row.cells[1].text == "not struck" for row in glance(material)[0].rows)


def test_a_sample_of_strata_is_estimated(finished: Finished) -> None:
    """Counts say nothing there: shares by mode do."""
    results = read_results(finished.record, finished.shape, synthetic=False)
    chosen = replace(results, sampling=replace(results.sampling, until=0.1))
    material = replace(gather(finished.record, finished.shape, results), results=chosen)
    lead = answer(material).lead
    assert lead.startswith(f"As estimated from {len(results.injections)} faults in 6 kernels: ")
    for mode in MODES:
        assert f"({mode})" in lead
    shares = [row.cells[3].raw.get("") for row in glance(material)[0].rows]
    assert np.nansum([share for share in shares if isinstance(share, float)]) == pytest.approx(1)
