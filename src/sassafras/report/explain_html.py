"""A fault's story as one page that needs nothing else: tables, and pictures of the corrupted feature maps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape

from sassafras.explanation.steps import Path, Step, Stored
from sassafras.explanation.story import Explanation, Story
from sassafras.faults.model import Mode
from sassafras.faults.own import HEADING
from sassafras.report.explain_facts import class_marks, facts
from sassafras.report.explain_sentences import answer, in_brief, struck_words, title, trap_reason
from sassafras.report.explain_values import NOTHING, number, percent, points, shown, word
from sassafras.report.feature_pictures import frame_picture, layer_pictures

STEPS = 200  #: of the thread's instructions in the page
SHOWN = 16  #: of these, shown before they are asked for
WORDS = 100  #: shown of the words of memory
_SIDES = {Path.BOTH: "", Path.GOLDEN: "only the golden thread", Path.FAULTY: "only the faulty thread"}


def explain_html(explanation: Explanation) -> str:
    """The page."""
    story = explanation.story
    environment = Environment(
        loader=PackageLoader("sassafras.report"),
        autoescape=select_autoescape(default=True),
        keep_trailing_newline=True,
    )
    return environment.get_template("explain.html").render(
        title=title(story),
        answer=answer(story),
        brief=" ".join(in_brief(story)),
        facts=tuple(facts(story)),
        frame=None
        if explanation.image is None
        else frame_picture(explanation.image, f"The input: {story.scene.frame_name}"),
        listing=[
            {"struck": line.struck, "offset": f"{line.offset:#06x}", "text": line.text}
            for line in story.listing
        ],
        steps=list(_steps(story)),
        shown_steps=SHOWN,
        hidden_steps=story.step_count - min(STEPS, len(story.steps)),
        trap=None if story.trap is None else trap_reason(story.trap),
        words=list(_words(story)),
        hidden_words=story.word_count - min(WORDS, len(story.words)),
        layers=list(_layers(story)),
        pictures=list(_pictures(explanation)),
        classes=list(_classes(story)),
        heading=HEADING,
        own=story.own,
    )


def _steps(story: Story) -> Iterator[dict[str, Any]]:
    for step in story.steps[:STEPS]:
        told = _step(step)
        if step.struck and story.strike.mode is Mode.RF:
            told["rows"].append(_row(f"{story.strike.name} struck", *struck_words(story.strike)))
        yield told


def _step(step: Step) -> dict[str, Any]:
    rows = [] if step.path is Path.BOTH else [_row(f"{_SIDES[step.path]} issues it", "", "")]
    if step.path is Path.BOTH and step.executed[0] != step.executed[1]:
        ran = ["executed" if done else "skipped" for done in step.executed]
        rows.append(_row("guard", *ran))
    rows += [_row(f"reads {value.name}", *shown(value)) for value in step.reads]
    rows += [_row(f"{value.name} is now", *shown(value)) for value in step.writes]
    rows += [_store(stored) for stored in step.stores]
    at = step.faulty_number if step.faulty_number is not None else step.golden_number
    return {
        "number": f"{at:,}",
        "offset": f"{step.offset:#06x}",
        "text": step.text,
        "struck": step.struck,
        "rows": rows or [_row("", "", "")],
    }


def _row(what: str, golden: str, faulty: str) -> dict[str, Any]:
    return {"what": what, "golden": golden, "faulty": faulty, "differs": golden != faulty}


def _store(stored: Stored) -> dict[str, Any]:
    values = (stored.golden, stored.faulty)
    golden, faulty = (word(v, bits=stored.bits, is_float=stored.is_float) for v in values)
    if stored.golden_spot == stored.faulty_spot:
        return _row(f"stores to {stored.place}", golden, faulty)
    spots = zip((golden, faulty), (stored.golden_spot, stored.faulty_spot), strict=True)
    return _row("stores", *(NOTHING if spot is None else f"{text} to {spot.name}" for text, spot in spots))


def _words(story: Story) -> Iterator[dict[str, str]]:
    for entry in story.words[:WORDS]:
        golden, faulty = (word(v, is_float=entry.spot.is_float) for v in (entry.golden, entry.faulty))
        address = f"{entry.spot.address:#x}"
        yield {"place": entry.spot.name, "address": address, "golden": golden, "faulty": faulty}


def _layers(story: Story) -> Iterator[dict[str, Any]]:
    for change in story.layers:
        yield {
            "name": f"{change.layer} {change.kind}",
            "differing": f"{change.differing:,}" if change.differing else "",
            "total": f"{change.values:,}",
            "largest": number(change.largest) if change.differing else "golden",
            "relative": number(change.relative) if change.differing else "",
            "not_finite": f"{change.not_finite:,}" if change.not_finite else "",
        }


def _pictures(explanation: Explanation) -> Iterator[dict[str, Any]]:
    journey = explanation.journey
    for maps in () if journey is None else journey.maps:
        pictures = layer_pictures(maps)
        if pictures:
            scaled = [(scale, list(those)) for scale, those in groupby(pictures, key=lambda one: one.scale)]
            yield {"name": f"Layer {maps.layer}, {maps.kind}", "scaled": scaled}


def _classes(story: Story) -> Iterator[dict[str, str]]:
    if not any(change.golden != change.faulty for change in story.classes):
        return
    for change in story.classes:
        yield {
            "name": change.name,
            "golden": percent(change.golden),
            "faulty": percent(change.faulty),
            "points": points(change.golden, change.faulty),
            "marks": class_marks(change),
        }
