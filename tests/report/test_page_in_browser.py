"""The page in a real browser: it opens, draws, filters, explains, and asks nobody for anything."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from tests.report.browser import Opened, open_page, serious
from tests.report.conftest import Finished

from sassafras.explanation.stored import name_of

pytestmark = pytest.mark.xdist_group("browser")

MODES = ("RF", "IOA", "IOV")
FIGURES = (
    *(
        f"{metric}_{mode}"
        for metric in ("ckv", "clv", "harden_ckv", "harden_clv", "critical")
        for mode in MODES
    ),
    *(f"{kind}_{mode}" for kind in ("deaths", "groups", "opcodes") for mode in MODES),
    *("bits_RF_REGISTER", "bits_IOV_REGISTER", "bits_IOA_REGISTER_INDEX", "harden_pareto"),
)


EVERYWHERE = ((390, "light"), (390, "dark"), (1440, "light"), (1440, "dark"))  #: all but the first are long


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(place, marks=pytest.mark.long if place in EVERYWHERE[1:] else (), id=str(place))
        for place in EVERYWHERE
    ],
)
def anywhere(browser: Browser, finished: Finished, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The page at each width and colour scheme."""
    found = open_page(browser, finished.page, *request.param)
    yield found
    found.page.context.close()


def test_it_is_whole_silent_and_asks_for_nothing(anywhere: Opened, finished: Finished) -> None:
    page = anywhere.page
    for name in FIGURES:
        figure = page.locator(f"#figure-{name}")
        box = figure.bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert box["height"] > 60
        assert figure.locator("[data-tip]").count() > 0, name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert anywhere.said == []
    assert {url.partition(":")[0] for url in anywhere.asked} <= {"file", "data"}
    assert [url for url in anywhere.asked if url.startswith("file:")] == [finished.page.as_uri()]


CONTRAST = "color-contrast"


@pytest.mark.alike(2)
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious(browser: Browser, finished: Finished, width: int) -> None:
    found = open_page(browser, finished.page, width, "light")
    assert serious(found, {"rules": {CONTRAST: {"enabled": False}}}) == []
    found.page.context.close()


@pytest.mark.alike(2)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_enough_contrast(browser: Browser, finished: Finished, scheme: str) -> None:
    """Outside of drawings, in which axe cannot tell what is behind a word (see test_page_parts.py); listings
    are cut: a line is like the next.
    """
    found = open_page(browser, finished.page, 1440, scheme)
    found.page.evaluate(
        "for (const e of document.querySelectorAll('svg, .code tr:nth-child(n+30)')) e.remove()"
    )
    found.page.locator(".row-button").first.click()
    assert serious(found, {"runOnly": [CONTRAST]}) == []
    found.page.context.close()


def test_colours_follow_the_scheme(browser: Browser, finished: Finished) -> None:
    for scheme, bright in (("light", True), ("dark", False)):
        found = open_page(browser, finished.page, 390, scheme)
        colour = found.page.evaluate("getComputedStyle(document.body).backgroundColor")
        red = int(re.findall(r"\d+", colour)[0])
        assert (red > 128) is bright
        found.page.context.close()


@pytest.fixture
def page(opened: Opened) -> Iterator[Opened]:
    """The open page with its filters cleared."""
    opened.page.keyboard.press("Escape")
    opened.page.click("#filters button[type=reset]")
    yield opened
    assert opened.said == []


def test_filters(page: Opened, finished: Finished) -> None:
    rows = finished.results.injections
    total = f"{len(rows)} injections"
    assert page.count() == f"{len(rows)} of {total}"
    page.page.select_option("[name=mode]", "IOV")
    iov = rows[rows["mode"] == "IOV"]
    assert page.count() == f"{len(iov)} of {total}"
    page.page.select_option("[name=kernel]", "im2col_gpu")
    both = iov[iov["kernel"] == "im2col_gpu"]
    assert page.count() == f"{len(both)} of {total}"
    page.page.select_option("[name=outcome]", "MALFUNCTION")
    assert page.count() == f"{(both['severity'] == 'MALFUNCTION').sum()} of {total}"
    page.page.click("#filters button[type=reset]")
    page.page.select_option("[name=layer]", "1")
    assert page.count() == f"{(rows['layer'] == 1).sum()} of {total}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("xmad.mrg", lambda r: r["sass"].str.contains("XMAD.MRG", regex=False)),
        ("illegal_addr", lambda r: r["due_kind"] == "ILLEGAL_ADDRESS"),
        ("#7", lambda r: r["id"] == 7),
        ("add_bias iov", lambda r: (r["kernel"] == "add_bias") & (r["mode"] == "IOV")),
        ("no such thing", lambda r: r["id"] < 0),
        ("<one>", lambda r: r["id"] < 0),
    ],
)
def test_text_filter(page: Opened, finished: Finished, text: str, wanted: object) -> None:
    rows = finished.results.injections
    assert callable(wanted)
    page.page.fill("[name=text]", text)
    assert page.count() == f"{int(wanted(rows).sum())} of {len(rows)} injections"


def test_a_word_of_memory_is_found(page: Opened, finished: Finished) -> None:
    rows = finished.results.injections
    row = rows[(rows["target"] == "REGISTER") & rows["before"].notna()].iloc[0]
    page.page.fill("[name=text]", row["before"].upper().replace("X", "x"))
    expect(page.page.locator("#table tbody th").first).to_have_text(name_of(int(row["id"])))


def test_press_a_bar_and_see_its_injections(page: Opened, finished: Finished) -> None:
    rows = finished.results.injections
    mark = page.page.locator('#figure-ckv_IOV [data-filter*="im2col_gpu"][data-filter*="LIGHT"]')
    mark.hover()
    expect(page.page.locator("#tip-text")).to_have_text(mark.get_attribute("data-tip") or "")
    mark.click()
    wanted = rows[
        (rows["mode"] == "IOV") & (rows["kernel"] == "im2col_gpu") & (rows["severity"] == "LIGHT_MALFUNCTION")
    ]
    assert len(wanted) > 1
    expect(page.page.locator("#tip-show")).to_have_text(f"Show these {len(wanted)} injections")
    page.page.click("#tip-show")
    assert page.count() == f"{len(wanted)} of {len(rows)} injections"
    shown = page.page.locator("#table tbody th").all_inner_texts()
    assert [text.split()[-1] for text in shown] == [name_of(fault) for fault in wanted["id"].tolist()[:25]]
    assert page.page.input_value("[name=kernel]") == "im2col_gpu"


def test_everything_by_keyboard(page: Opened, finished: Finished) -> None:
    rows = finished.results.injections
    figure = page.page.locator("#figure-clv_IOV")
    first = figure.locator('[data-tip][tabindex="0"]')
    first.focus()
    page.page.keyboard.press("ArrowDown")
    focused = page.page.evaluate("document.activeElement.dataset.tip")
    assert focused != first.get_attribute("data-tip") or figure.locator('[tabindex="0"]').count() == 1
    expect(page.page.locator("#tip")).to_be_visible()
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Escape")
    expect(page.page.locator("#tip")).to_be_hidden()
    assert page.page.evaluate("document.activeElement.dataset.tip") == focused
    page.page.keyboard.press("Enter")
    page.page.keyboard.press("Enter")
    wanted = rows[(rows["mode"] == "IOV") & (rows["layer"] == 0) & (rows["severity"] == "INVALID_OUTPUT")]
    assert page.count() == f"{len(wanted)} of {len(rows)} injections"
    assert page.page.evaluate("document.activeElement.id") == "injections-h"
    assert figure.locator('[data-tip][tabindex="0"]').count() == 1


def test_a_resting_pointer_takes_nothing_from_the_keyboard(page: Opened) -> None:
    """What scrolls or appears below it gets its events too."""
    over = """([name, x, y]) => document.querySelector(name).dispatchEvent(
        new PointerEvent("pointerover", { bubbles: true, clientX: x, clientY: y }))"""
    tip = page.page.locator("#tip")
    other = "#figure-ckv_RF [data-tip]"
    page.page.mouse.move(700, 450)
    page.page.evaluate(over, ["#verdict", 700, 450])
    mark = page.page.locator('#figure-clv_IOV [data-tip][tabindex="0"]')
    mark.focus()
    for name in ("#verdict", other):
        page.page.evaluate(over, [name, 700, 450])
        expect(page.page.locator("#tip-text")).to_have_text(mark.get_attribute("data-tip") or "")
        assert tip.is_visible()
    page.page.keyboard.press("Escape")
    page.page.evaluate(over, [other, 700, 450])
    assert not tip.is_visible()
    page.page.locator(other).first.hover()  # it moved
    expect(tip).to_be_visible()


@pytest.mark.parametrize(
    ("severity", "words"),
    [
        (
            "LIGHT_MALFUNCTION",
            ["Light-Malfunction", "still class", "golden", "with the fault", "Values of each layer"],
        ),
        ("MALFUNCTION", ["Malfunction", "device memory differed", "the largest change of a value is"]),
        ("INVALID_OUTPUT", ["Invalid output", "one comparison at the end can tell"]),
        ("NO_MALFUNCTION", ["died behind layer", "bitwise golden"]),
    ],
)
def test_a_row_opens_its_explanation(
    page: Opened, finished: Finished, severity: str, words: list[str]
) -> None:
    rows = finished.results.injections
    row = rows[rows["severity"] == severity].iloc[0]
    page.page.fill("[name=text]", f"#{row['id']}")
    button = page.page.locator(".row-button").first
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    text = page.page.inner_text(".explanation")
    for word in (*words, row["sass"], row["before"], row["after"], f"block {row['block']}"):
        assert word in text
    assert f"sassafras explain {finished.campaign.folder} {name_of(int(row['id']))}" in text
    assert f"{int(row['differing_bytes'])} byte" in text
    button = page.page.locator(".row-button").first
    button.click()
    assert page.page.locator(".explanation").count() == 0


@pytest.mark.parametrize(
    "ending", ["MALFUNCTION", "LIGHT_MALFUNCTION", "INVALID_OUTPUT", "NO_MALFUNCTION", "DUE", "MASKED"]
)
def test_an_opened_row_says_the_answer_first(page: Opened, finished: Finished, ending: str) -> None:
    rows = finished.results.injections
    row = rows[rows["severity"].where(rows["severity"].notna(), rows["outcome"]) == ending].iloc[-1]
    page.page.fill("[name=text]", name_of(int(row["id"])))
    page.page.locator(".row-button").first.click()
    first = page.page.locator(".explanation > *").first.inner_text()
    page.page.locator(".row-button").first.click()
    names = finished.shape.classes
    before, _, after = first.partition("→")
    sure = re.search(rf"{names[int(row['top1_golden'])]}, ([\d.]+) %", before)
    assert sure, first
    assert float(sure[1]) == pytest.approx(100 * row["confidence_golden"], rel=1e-3)
    if ending in ("MALFUNCTION", "LIGHT_MALFUNCTION"):
        share = np.frombuffer(row["probabilities"], "<f4")[int(row["top1"])]
        sure = re.search(rf"{names[int(row['top1'])]}, ([\d.]+) %", after)
        assert sure, first
        assert float(sure[1]) == pytest.approx(100 * share, rel=1e-3)
    elif ending == "INVALID_OUTPUT":
        assert ("NaN" if row["output_nan"] else "infinity") in after
    else:
        assert ("no answer" if ending == "DUE" else "the same, bit for bit") in after


def test_an_address_names_an_injection(browser: Browser, finished: Finished) -> None:
    found = open_page(browser, finished.page, 390, "light")
    found.page.goto(f"{finished.page.as_uri()}#injection-10")
    found.page.wait_for_selector(".explanation")
    assert "of 359 injections" in found.count()
    assert found.page.locator("#table tbody th").first.inner_text().endswith("IOA:3")
    found.page.context.close()


WRITTEN = """
globalThis.written = [];
const kept = history.replaceState.bind(history);
history.replaceState = (state, title, address) => {
  if (address) written.push(address);
  kept(state, title, address);
};
"""


@pytest.mark.parametrize("address", ["#injections:mode=IOV&text=r1", "#injection-10"])
def test_a_choice_is_written_once(browser: Browser, finished: Finished, address: str) -> None:
    """Never one without the choice on the way to it: a reload would find that one."""
    found = open_page(browser, finished.page, 390, "light")
    found.page.evaluate(WRITTEN)
    found.page.evaluate(f"location.hash = '{address}'")
    found.page.wait_for_function("written.length > 0 && document.querySelector('#count').textContent")
    written = found.page.evaluate("written")
    assert len(written) == 1, written
    assert written[0].startswith("#injections:")
    found.page.context.close()


def test_what_is_chosen_stands_in_the_address(browser: Browser, finished: Finished) -> None:
    """It can be sent to somebody else, who sees the same rows."""
    rows = finished.results.injections
    found = open_page(browser, finished.page, 1440, "light")
    found.page.select_option("[name=mode]", "IOV")
    found.page.select_option("[name=kernel]", "im2col_gpu")
    found.page.fill("[name=text]", "r1")
    counted, address = found.count(), found.page.url
    assert counted.split()[0] not in ("0", str(len(rows)))
    other = open_page(browser, finished.page, 390, "light")
    other.page.goto(address)
    other.page.reload()
    other.page.wait_for_selector("html[data-ready]")
    assert other.count() == counted
    assert other.page.input_value("[name=mode]") == "IOV"
    assert other.page.input_value("[name=text]") == "r1"
    other.page.click("#filters [type=reset]")
    assert other.page.url.endswith("#injections")
    other.page.goto(f"{finished.page.as_uri()}#injections:mode=IOV&no=thing")
    other.page.reload()
    other.page.wait_for_selector("html[data-ready]")
    assert other.count() == f"{(rows['mode'] == 'IOV').sum()} of {len(rows)} injections"
    for one in (found, other):
        one.page.context.close()


def test_a_fault_is_found_by_its_name(page: Opened, finished: Finished) -> None:
    row = finished.results.injections.iloc[17]
    page.page.fill("[name=text]", name_of(int(row["id"])))
    assert page.count().startswith("1 of ")
    assert page.page.locator(".row-button").first.inner_text().endswith(name_of(int(row["id"])))


@pytest.mark.parametrize("name", ["ranking", "glance"])
def test_on_a_phone_names_stay_and_captions_fit(browser: Browser, finished: Finished, name: str) -> None:
    found = open_page(browser, finished.page, 390, "light")
    table = found.page.locator(f"#{name}")
    table.scroll_into_view_if_needed()
    table.evaluate("node => node.parentElement.scrollLeft = 200")
    first, caption = table.locator("tbody th").first, table.locator("caption > span")
    for box in (first.bounding_box(), caption.bounding_box()):
        assert box
        assert box["x"] >= 0
    box = caption.bounding_box()
    assert box
    assert box["x"] + box["width"] <= 390
    found.page.context.close()


def test_order_and_pages(page: Opened, finished: Finished) -> None:
    rows = finished.results.injections
    ids = page.page.locator("#table tbody .row-button")
    page.page.click("#next-page")
    assert ids.first.inner_text() == name_of(int(rows["id"].iloc[25]))
    assert page.page.inner_text("#page-number") == f"page 2 of {-(-len(rows) // 25)}"
    page.page.click("#last-page")
    assert ids.last.inner_text() == name_of(int(rows["id"].iloc[-1]))
    page.page.click("[data-sort=layer]")
    page.page.click("[data-sort=layer]")
    worst = rows["layer"].max()
    layers = page.page.locator("#table tbody tr td:nth-child(4)").all_inner_texts()
    assert set(layers) == {str(worst)}
    page.page.click("[data-sort=id]")
    assert ids.first.inner_text() == "RF:0"


def test_code_shows_where_an_instruction_comes_from(page: Opened) -> None:
    code = page.page.locator("#code-im2col_gpu")
    line = code.locator("tr[data-source]:not([data-source='']) button").last
    line.scroll_into_view_if_needed()
    line.hover()
    source = line.evaluate("node => node.closest('tr').dataset.source")
    assert code.locator(f"tr.related[data-source='{source}']").count() > 1


def test_pressing_a_line_of_code(page: Opened, finished: Finished) -> None:
    rows = finished.results.injections
    button = page.page.locator("#code-im2col_gpu .listing:last-child tbody button").first
    offset = int(button.evaluate("node => JSON.parse(node.closest('tr').dataset.filter).offset"))
    mode = button.evaluate("node => JSON.parse(node.dataset.filter).mode")
    button.click()
    page.page.click("#tip-show")
    wanted = rows[(rows["kernel"] == "im2col_gpu") & (rows["offset"] == offset) & (rows["mode"] == mode)]
    assert page.count() == f"{len(wanted)} of {len(rows)} injections"
    page.page.click("#chips button")
    more = rows[(rows["kernel"] == "im2col_gpu") & (rows["mode"] == mode)]
    assert page.count() == f"{len(more)} of {len(rows)} injections"


def test_without_script_the_figures_and_tables_are_there(browser: Browser, finished: Finished) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    found = context.new_page()
    found.goto(finished.page.as_uri())
    assert found.locator("#figure-ckv_RF svg").is_visible()
    assert found.locator("#outcomes").is_visible()
    context.close()
