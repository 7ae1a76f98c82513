"""What people see of an explained fault: text in 80 columns, a page, JSON, a trace."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import Browser
from tests.campaign import networks
from tests.campaign.rows import make
from tests.explanation.explained import Told, one_of_each, tell
from tests.report.browser import open_page, serious

from sassafras.explanation.layers import LayerMaps
from sassafras.explanation.steps import Value
from sassafras.explanation.whole_trace import whole_trace
from sassafras.report.explain_data import COLUMNS, explain_json, write_trace
from sassafras.report.explain_sentences import ending, in_brief, title
from sassafras.report.explain_text import WIDTH, story_text
from sassafras.report.explain_values import bit_list, number, shown, word
from sassafras.report.feature_pictures import INFINITE, NAN, Picture, layer_pictures
from sassafras.report.numbers import points, probability
from sassafras.report.page.explain import explain_page
from sassafras.report.tables.explain import classes, layers, memory, place


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    tiny = networks.tiny()
    campaign = make(tmp_path_factory.mktemp("told"), tiny, networks.images(tiny), injections=60, seed=12)
    campaign.run(1)
    return [tell(campaign, fault) for fault in one_of_each(campaign.injections())]


class Page(HTMLParser):
    """Images, links and text of a page; every element is closed."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "iframe"}
        assert tag != "link" or dict(attrs)["href"] == "data:,"
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_story_fits_eighty_columns(told: list[Told]) -> None:
    for t in told:
        lines = story_text(t.explanation.story).splitlines()
        assert max(map(len, lines)) <= WIDTH
        assert lines[0].startswith(f"Fault {t.explanation.story.name} (id {t.row.id})")
        assert not any(line != line.rstrip() for line in lines)


def test_the_text_says_what_the_row_says(told: list[Told]) -> None:
    for t in told:
        story = t.explanation.story
        text = story_text(story, 10**6)
        assert f"> {t.row.offset:#06x}  {t.row.sass}"[: WIDTH - 4] in text
        assert f"> #{t.row.instruction} {t.row.offset:#06x}" in text
        assert ("In the thread" in text, "Memory after the launch" in text) == (True, t.row.outcome == "SDC")
        assert ("Layer by layer" in text) == (t.row.outcome == "SDC")
        assert ("the launch ended here" in text) == (t.row.outcome == "DUE")
        changed = t.row.severity in ("MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION")
        assert ("Probabilities" in text) == changed


def test_terminal_and_page_show_the_same_tables(told: list[Told]) -> None:
    seen = set()
    for t in told:
        story = t.explanation.story
        found = [place(story), *memory(story, 10), *layers(story), *classes(story)]
        text = " ".join(story_text(story, 10**6).split())
        page = " ".join(Page(explain_page(t.explanation)).text.split())
        for table in found:
            seen.add(table.name)
            for row in table.rows:
                assert all(" ".join(cell.text.split()) in page for cell in row.cells)
                for cell in row.cells:
                    assert all(word in text for part in cell.parts for word in part.split())
    assert seen == {"where", "memory", "layers", "classes"}


def test_a_table_of_layers_says_what_the_story_says(told: list[Told]) -> None:
    for t in told:
        for table in layers(t.explanation.story):
            for row, change in zip(table.rows, t.explanation.story.layers, strict=True):
                name, differ, total, largest, _, *bad = (cell.text for cell in row.cells)
                assert name == f"{change.layer} {change.kind}"
                assert (differ, total) == (f"{change.differing:,}", f"{change.values:,}")
                assert bad == ([f"{change.not_finite:,}"] if "not finite" in table.columns else [])
                assert bad or not change.not_finite
                assert (largest == "golden") == (change.differing == 0)


@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.long)])
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_pages_fit_and_are_accessible(
    browser: Browser, told: list[Told], tmp_path: Path, width: int, scheme: str
) -> None:
    t = max(told, key=lambda one: len(one.explanation.story.steps) + 100 * len(one.explanation.story.layers))
    path = tmp_path / "page.html"
    path.write_text(explain_page(t.explanation), "utf-8")
    opened = open_page(browser, path, width, scheme, ready="html")
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(opened, {}) == []
    assert opened.said == []
    opened.page.context.close()


def test_steps_that_are_not_shown_are_counted(told: list[Told]) -> None:
    long = max(told, key=lambda t: len(t.explanation.story.steps)).explanation.story
    few = story_text(long, 3).splitlines()
    assert any("more, see --trace" in line for line in few)
    assert len(few) < len(story_text(long, 10**6).splitlines())


def test_the_page_needs_nothing_else_and_speaks_for_its_pictures(told: list[Told]) -> None:
    for t in told:
        text = explain_page(t.explanation)
        page = Page(text)
        assert "prefers-color-scheme: dark" in text
        assert 'name="viewport"' in text
        assert 'lang="en"' in text
        assert title(t.explanation.story) in page.text
        assert page.images
        for image in page.images:
            assert image["alt"]
            assert str(image["src"]).startswith("data:image/png;base64,")
        differing = [c for c in t.explanation.story.layers if c.differing]
        assert len(page.images) == 1 + 3 * len(differing)


def test_the_page_says_the_answer_first(told: list[Told]) -> None:
    """Right behind the title: what the network says without the fault and with it, then the probabilities."""
    seen = set()
    for t in told:
        page = Page(explain_page(t.explanation)).text
        name = t.explanation.story.scene.top1
        before, _, rest = page.partition(title(t.explanation.story))[2].partition("→ with it")
        assert f"{name}, {probability(t.row.confidence_golden)}" in before
        answer = rest.strip().splitlines()[0]
        seen.add(t.row.severity or t.row.outcome)
        if t.row.severity in ("MALFUNCTION", "LIGHT_MALFUNCTION"):
            share = np.frombuffer(t.row.output or b"", "<f4")[int(t.row.top1 or 0)]
            assert answer == f"{t.explanation.story.classes[int(t.row.top1 or 0)].name}, {probability(share)}"
            assert rest.index("Probabilities") < rest.index("Where and when")
        elif t.row.severity == "INVALID_OUTPUT":
            assert answer == ("NaN" if t.row.output_nan else "infinity")
        elif t.row.outcome == "DUE":
            assert answer.startswith("no answer (")
        else:
            assert answer == "the same, bit for bit"
    assert len(seen) >= 4


def test_golden_and_faulty_have_one_scale(told: list[Told]) -> None:
    for t in told:
        text = explain_page(t.explanation)
        differing = [c for c in t.explanation.story.layers if c.differing]
        assert text.count('class="scale"') == 2 * len(differing)


def test_the_page_escapes_what_is_not_ours(told: list[Told]) -> None:
    from dataclasses import replace

    t = told[0]
    scene = replace(t.explanation.story.scene, frame_name="<script>alert(1)</script>")
    story = replace(t.explanation.story, scene=scene)
    text = explain_page(replace(t.explanation, story=story))
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_json_holds_the_story(told: list[Told]) -> None:
    for t in told:
        found = json.loads(explain_json(t.explanation.story), parse_constant=pytest.fail)
        assert found["row"]["id"] == t.row.id
        assert found["ending"] == ending(t.explanation.story)
        assert found["in_brief"] == list(in_brief(t.explanation.story))
        assert [c["differing"] for c in found["layers"]] == [c.differing for c in t.explanation.story.layers]
        assert len(found["classes"]) in (0, 7)


def test_the_trace_has_a_row_per_instruction(told: list[Told], tmp_path: Path) -> None:
    t = next(t for t in told if t.row.outcome == "SDC")
    path = tmp_path / "sub" / "trace.csv"
    rows = write_trace(path, whole_trace(t.explanation.replay))
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert tuple(found[0]) == COLUMNS
    assert len(found) == rows >= t.explanation.story.scene.length
    (struck,) = [row for row in found if row["struck"] == "1"]
    assert (struck["faulty_number"], struck["sass"]) == (str(t.row.instruction), t.row.sass)
    before = found[: found.index(struck)]
    assert all(row["golden"] == row["faulty"] and row["differs"] == "0" for row in before)


# values ---------------------------------------------------------------------------------------------------


def test_words_are_shown_in_hex_and_as_what_they_are() -> None:
    assert word(0x3F800000, is_float=True) == "0x3f800000 (1)"
    assert word(0x7F800000, is_float=True) == "0x7f800000 (∞)"
    assert word(0xFFC00000, is_float=True) == "0xffc00000 (NaN)"
    assert word(12) == "0x0000000c (12)"
    assert word(0xFFFFFFFF) == "0xffffffff (-1)"
    assert word(0x12345678) == "0x12345678"
    assert word(0x500000000, bits=64) == "0x0000000500000000"
    assert word(5, bits=8) == "0x05 (5)"
    assert word(None) == "–"
    assert shown(Value("P0", 0, 1)) == ("false", "true")
    assert shown(Value("CC", 0b0011, None)) == ("ZS--", "–")


def test_numbers_are_shown_in_few_digits() -> None:
    assert [number(v) for v in (None, float("nan"), float("-inf"), 0.1, 12345678.0)] == [
        "–", "NaN", "−∞", "0.1", "1.2346e+07",
    ]  # fmt: skip
    assert [probability(v) for v in (0, 1, 0.5, 1e-9, float("nan"))] == [
        "0.0000 %", "100.0000 %", "50.0000 %", "1.0e-07 %", "NaN",
    ]  # fmt: skip
    assert [points(0.5, v) for v in (0.5, 0.25, 0.5 + 1e-9, float("nan"))] == [
        "+0.0000", "-25.0000", "+1.0e-07", "–",
    ]  # fmt: skip
    assert [bit_list(v) for v in ((30,), (3, 4), (1, 2, 9))] == ["bit 30", "bits 3 and 4", "3 of its bits"]
    assert bit_list(()) == "no bit"  # a value that one chose, and that was there already


# pictures -------------------------------------------------------------------------------------------------


def decoded(picture: Picture) -> Pillow.Image:
    content = base64.b64decode(picture.source.removeprefix("data:image/png;base64,"))
    image = Pillow.open(io.BytesIO(content))
    assert image.size == (picture.width, picture.height)
    return image


def test_pictures_show_the_channel_that_changed_most() -> None:
    golden = np.arange(2 * 7 * 7, dtype=np.float32).reshape(2, 7, 7)
    faulty = golden.copy()
    faulty[0, 1, 1] += 1
    faulty[1, 2, 3:5] = np.inf, 0
    pictures = layer_pictures(LayerMaps(4, "convolutional", golden, faulty))
    assert [p.width for p in pictures] == [224] * 3
    assert all("channel 1 of 2" in p.alt for p in pictures)
    assert "2 values of 49 differ" in pictures[2].alt
    middle = (3 * 32 + 16, 2 * 32 + 16)
    one, other, difference = (decoded(p).convert("RGB").getpixel(middle) for p in pictures)
    assert one != other
    assert other == difference == INFINITE
    assert decoded(pictures[2]).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def vectors() -> Iterator[int]:
    yield from (1, 2, 7, 20, 4096)


@pytest.mark.parametrize("count", list(vectors()))
def test_vectors_are_folded_into_rows(count: int) -> None:
    golden = np.ones((count, 1, 1), np.float32)
    faulty = golden.copy()
    faulty[-1] = np.nan
    pictures = layer_pictures(LayerMaps(8, "connected", golden, faulty))
    assert f"1 value of {count:,} differ" in pictures[2].alt
    assert all(max(p.width, p.height) >= 224 for p in pictures)


def test_what_is_the_same_nan_is_no_difference() -> None:
    """NaN in both, infinity in both: the difference is nothing there, not NaN; a new NaN is one."""
    golden = np.array([np.nan, np.inf, 1, 2], np.float32).reshape(1, 2, 2)
    faulty = np.array([np.nan, np.inf, 1.5, np.nan], np.float32).reshape(1, 2, 2)
    one, other, difference = layer_pictures(LayerMaps(4, "convolutional", golden, faulty))
    assert "1 NaN (magenta), 1 infinite (green)" in one.caption
    assert "2 NaN (magenta), 1 infinite (green)" in other.caption
    assert difference.caption == "difference, 2 values of 4 differ, at most by 0.5, 1 NaN (magenta)"
    pixels = decoded(difference).convert("RGB")
    same = [pixels.getpixel((x, 56)) for x in (56, 168)]
    assert same == [(255, 255, 255)] * 2
    assert pixels.getpixel((168, 168)) == NAN


def test_cells_that_do_not_exist_are_not_drawn() -> None:
    """Seven values in three rows of three: two places at the end are nothing."""
    golden = np.ones((7, 1, 1), np.float32)
    faulty = golden * 2
    for picture in layer_pictures(LayerMaps(8, "connected", golden, faulty)):
        alpha = decoded(picture).getchannel("A")
        side = picture.width // 3
        seen = [alpha.getpixel((k % 3 * side + side // 2, k // 3 * side + side // 2)) for k in range(9)]
        assert seen == [255] * 7 + [0] * 2


def test_golden_layers_have_no_pictures() -> None:
    golden = np.ones((3, 5, 5), np.float32)
    assert layer_pictures(LayerMaps(0, "convolutional", golden, golden.copy())) == ()
