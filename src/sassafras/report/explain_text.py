"""A fault's story for the terminal, in 80 columns."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from sassafras.explanation.steps import Path, Step
from sassafras.explanation.story import Story
from sassafras.faults.own import HEADING
from sassafras.report.explain_sentences import in_brief, title, trap_reason
from sassafras.report.explain_values import many, word
from sassafras.report.renderers.terminal import print_table
from sassafras.report.table import Table
from sassafras.report.tables.explain import classes, layers, memory, place, step_rows

WIDTH = 80
STEPS = 12  #: shown of the thread's instructions
WORDS = 12  #: shown of the words of memory
HEAD = "bold"
STRUCK = "bold"
FAINT = "dim"


def print_story(console: Console, story: Story, steps: int = STEPS) -> None:
    """Print the whole story. ``steps``: how many instructions of the thread are shown at most."""
    said = story.vocabulary.said
    brief = said(" ".join(in_brief(story)))
    _print(console, [*_wrapped(said(title(story)), style=HEAD), Text(), *_wrapped(brief)])
    parts: list[Table | tuple[str, Iterator[Text]]] = [
        place(story),
        ("Machine code", _listing(story)),
        ("In the thread", iter(()) if story.memory is not None else _steps(story, steps)),
        *memory(story, WORDS),
        *layers(story),
        *classes(story),
        ("This fault alone", _own(story)),
    ]
    for part in parts:
        if isinstance(part, Table):
            console.print()
            print_table(console, part, story.vocabulary)
        elif lines := list(part[1]):
            _print(console, [Text(), Text(part[0], style=HEAD), *lines])


def story_text(story: Story, steps: int = STEPS) -> str:
    """The same as text, `WIDTH` columns wide."""
    text = io.StringIO()
    print_story(Console(file=text, width=WIDTH, color_system=None), story, steps)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def _print(console: Console, lines: Iterable[Text]) -> None:
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _wrapped(text: str, indent: str = "", style: str = "") -> Iterator[Text]:
    together = text.replace(" %", "\u00a0%")  # a number and its unit stay on one line
    for line in textwrap.wrap(together, WIDTH, subsequent_indent=indent, break_on_hyphens=False):
        yield Text(line.replace("\u00a0", " "), style=style)


def _listing(story: Story) -> Iterator[Text]:
    for line in story.listing:
        mark = ">" if line.struck else " "
        yield from _wrapped(
            f"  {mark} {line.offset:#06x}  {line.text}", " " * 12, STRUCK if line.struck else ""
        )


# the thread -------------------------------------------------------------------------------------------


def _steps(story: Story, most: int) -> Iterator[Text]:
    """Instructions in which something differed, those on one side only summed up."""
    groups = [list(group) for _, group in groupby(story.steps, key=_group_of)]
    hidden = len(groups) - most
    first = most * 2 // 3
    for k, group in enumerate(groups):
        if hidden > 0 and first <= k < first + hidden:
            if k == first:
                yield Text(f"  ... {hidden} more, see --trace ...", style=FAINT)
            continue
        if group[0].path is not Path.BOTH:
            yield from _detour(group)
            continue
        yield from _step(story, group[0])
    if story.step_count > len(story.steps):
        yield Text(f"  ... and {story.step_count - len(story.steps):,} more", style=FAINT)
    if not story.followed and story.trap is None:
        yield Text("  (the thread was not compared further)", style=FAINT)
    if story.left:
        names = ", ".join(value.name for value in story.left[:8])
        more = f" and {len(story.left) - 8} more" if len(story.left) > 8 else ""
        yield from _wrapped(f"  still other than golden when the thread ended: {names}{more}", "  ")
    if story.trap is not None:
        yield from _wrapped(f"  the launch ended here: {trap_reason(story.trap)}", "  ")


def _group_of(step: Step) -> tuple[object, ...]:
    """Neighbours on one side only belong together; others stand alone."""
    alone = step.path is Path.BOTH
    return (step.path, step.faulty_number if alone else None)


def _step(story: Story, step: Step) -> Iterator[Text]:
    mark = "> " if step.struck else "  "
    head = f"{mark}#{step.faulty_number} {step.offset:#06x}  {step.text}"
    yield Text(head, style=STRUCK if step.struck else "")
    for what, golden, faulty in step_rows(story, step):
        yield from _values(what, golden, faulty)


def _values(what: str, golden: str, faulty: str) -> Iterator[Text]:
    """Golden beside faulty; below it where that is too wide."""
    label = f"    {what:<11} "
    if len(what) > 11:
        yield from _wrapped(f"    {what}", " " * 16)
        label = " " * 16
    if golden == faulty:
        yield Text(f"{label}{golden}", style=FAINT)
    elif len(beside := f"{label}golden {golden:<24} faulty {faulty}") <= WIDTH:
        yield Text(beside)
    else:
        yield from _wrapped(f"{label}golden {golden}", " " * 23)
        yield from _wrapped(f"{' ' * 16}faulty {faulty}", " " * 23)


def _detour(group: list[Step]) -> Iterator[Text]:
    faulty = group[0].path is Path.FAULTY
    numbers = [s.faulty_number if faulty else s.golden_number for s in group]
    offsets = [s.offset for s in group]
    who = "only the faulty thread" if faulty else "only the golden thread"
    places = f"{min(offsets):#06x} to {max(offsets):#06x}" if len(group) > 1 else f"{offsets[0]:#06x}"
    yield Text(f"  {who}: {many(len(group), 'instruction')}, #{numbers[0]} to #{numbers[-1]}, {places}")
    stores = [stored for step in group for stored in step.stores]
    for stored in stores[:3]:
        value = stored.faulty if faulty else stored.golden
        text = word(value, bits=stored.bits, is_float=stored.is_float)
        yield from _wrapped(f"    stores {text} to {stored.place}", " " * 16)
    if len(stores) > 3:
        yield Text(f"    and {many(len(stores) - 3, 'store')} more", style=FAINT)


def _own(story: Story) -> Iterator[Text]:
    """A file for --faults: not wrapped, to be copied."""
    if story.own:
        yield Text("  (a file for sassafras run --faults FILE; other options as the campaign's)", style=FAINT)
        yield Text(HEADING)
        yield Text(story.own)
