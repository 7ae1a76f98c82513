"""A fault's story as one page that needs nothing else: tables, and pictures of the corrupted feature maps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sassafras.explanation.story import Explanation
from sassafras.faults.own import HEADING
from sassafras.report.explain_sentences import answer, in_brief, title, trap_reason
from sassafras.report.feature_pictures import frame_picture, layer_pictures
from sassafras.report.page.filled import filled
from sassafras.report.tables.explain import classes, layers, memory, place, thread

STEPS = 200  #: of the thread's instructions in the page
SHOWN = 16  #: of these, shown before they are asked for
WORDS = 100  #: shown of the words of memory


def explain_page(explanation: Explanation) -> str:
    """The page."""
    story, image = explanation.story, explanation.image
    kept = min(STEPS, len(story.steps))
    page = filled(
        "explain.html.j2",
        (),
        title=title(story),
        answer=answer(story),
        brief=" ".join(in_brief(story)),
        place=place(story),
        frame=None if image is None else frame_picture(image, f"The input: {story.scene.frame_name}"),
        listing=story.listing,
        steps=thread(story, 0, SHOWN),
        more_steps=thread(story, SHOWN, kept) if kept > SHOWN else None,
        hidden_steps=story.step_count - kept,
        trap=None if story.trap is None else trap_reason(story.trap),
        memory=memory(story, WORDS),
        layers=layers(story),
        pictures=list(_pictures(explanation)),
        classes=classes(story),
        heading=HEADING,
        own=story.own,
    )
    return story.vocabulary.said_on_page(page)


def _pictures(explanation: Explanation) -> Iterator[dict[str, Any]]:
    journey = explanation.journey
    for maps in () if journey is None else journey.maps:
        pictures = layer_pictures(maps)
        if pictures:
            scaled = [(scale, list(those)) for scale, those in groupby(pictures, key=lambda one: one.scale)]
            yield {"name": f"Layer {maps.layer}, {maps.kind}", "scaled": scaled}
