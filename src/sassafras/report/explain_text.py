"""A fault's story for the terminal, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from rich.text import Text

from sassafras.explanation.steps import Path, Step, Stored
from sassafras.explanation.story import Story
from sassafras.faults.model import Mode
from sassafras.faults.own import HEADING
from sassafras.report.explain_facts import class_marks, facts
from sassafras.report.explain_sentences import in_brief, struck_words, title, trap_reason
from sassafras.report.explain_values import many, number, percent, points, shown, word

WIDTH = 80
STEPS = 12  #: shown of the thread's instructions
WORDS = 12  #: shown of the words of memory
HEAD = "bold"
STRUCK = "bold"
FAINT = "dim"
LABEL = 15


def explain_lines(story: Story, steps: int = STEPS) -> Iterator[Text]:
    """The whole story, line by line. ``steps``: how many instructions of the thread are shown at most."""
    yield from _wrapped(title(story), style=HEAD)
    yield Text()
    yield from _wrapped(" ".join(in_brief(story)))
    sections = {
        "Where and when": _scene(story),
        "Machine code": _listing(story),
        "In the thread": _steps(story, steps),
        "Memory after the launch": _words(story),
        "Layer by layer": _layers(story),
        "Probabilities": _classes(story),
        "This fault alone": _own(story),
    }
    for heading, lines in sections.items():
        found = list(lines)
        if found:
            yield Text()
            yield Text(heading, style=HEAD)
            yield from found


def _wrapped(text: str, indent: str = "", style: str = "") -> Iterator[Text]:
    together = text.replace(" %", "\u00a0%")  # a number and its unit stay on one line
    for line in textwrap.wrap(together, WIDTH, subsequent_indent=indent, break_on_hyphens=False):
        yield Text(line.replace("\u00a0", " "), style=style)


def _fact(label: str, text: str) -> Iterator[Text]:
    yield from _wrapped(f"  {label:<{LABEL - 2}}{text}", " " * LABEL)


def _scene(story: Story) -> Iterator[Text]:
    for label, text in facts(story):
        yield from _fact(label, text)


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
        yield from _step(group[0])
        if group[0].struck and story.strike.mode is Mode.RF:
            yield _line(f"{story.strike.name} struck", *struck_words(story.strike))
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


def _step(step: Step) -> Iterator[Text]:
    mark = "> " if step.struck else "  "
    yield Text(
        f"{mark}#{step.faulty_number} {step.offset:#06x}  {step.text}", style=STRUCK if step.struck else ""
    )
    if step.executed[0] != step.executed[1]:
        ran = ["executed" if done else "skipped" for done in step.executed]
        yield _line("guard", *ran)
    for value in step.reads:
        yield _line(f"reads {value.name}", *shown(value))
    for value in step.writes:
        yield _line(f"{value.name} is now", *shown(value))
    for stored in step.stores:
        yield from _store(stored)


def _line(label: str, golden: str, faulty: str) -> Text:
    """Golden beside faulty."""
    if golden == faulty:
        return Text(f"    {label:<11} {golden}", style=FAINT)
    return Text(f"    {label:<11} golden {golden:<24} faulty {faulty}")


def _store(stored: Stored) -> Iterator[Text]:
    values = (stored.golden, stored.faulty)
    golden, faulty = (word(v, bits=stored.bits, is_float=stored.is_float) for v in values)
    if stored.golden_spot == stored.faulty_spot:
        yield from _wrapped(f"    stores to {stored.place}", " " * 16)
        yield _line("the word", golden, faulty)
        return
    for who, spot, text in (("golden", stored.golden_spot, golden), ("faulty", stored.faulty_spot, faulty)):
        if spot is not None:
            yield from _wrapped(f"    {who} stores {text} to {spot.name}", " " * 16)
        else:
            yield Text(f"    {who} does not store")


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


# memory and the network -------------------------------------------------------------------------------


def _words(story: Story) -> Iterator[Text]:
    for entry in story.words[:WORDS]:
        golden, faulty = (word(v, is_float=entry.spot.is_float) for v in (entry.golden, entry.faulty))
        yield from _wrapped(f"  {entry.spot.name}  at {entry.spot.address:#x}")
        yield Text(f"    golden {golden:<24} faulty {faulty}")
    hidden = story.word_count - min(WORDS, len(story.words))
    if hidden:
        yield Text(f"  ... and {many(hidden, 'word')} more", style=FAINT)


def _own(story: Story) -> Iterator[Text]:
    """A file for --faults: not wrapped, to be copied."""
    if story.own:
        yield Text("  (a file for sassafras run --faults FILE; other options as the campaign's)", style=FAINT)
        yield Text(HEADING)
        yield Text(story.own)


def _layers(story: Story) -> Iterator[Text]:
    if not story.layers:
        return
    bad = any(change.not_finite for change in story.layers)
    head = f"  {'layer':<19}{'differ':>9}{'of':>9}  {'largest change':>14}  {'relative':>10}"
    yield Text(head + ("  not finite" if bad else ""))
    for change in story.layers:
        counts = f"  {f'{change.layer} {change.kind}':<19}{change.differing:>9,}{change.values:>9,}"
        if not change.differing:
            yield Text(f"{counts}  {'golden':>14}", style=FAINT)
            continue
        changes = f"{number(change.largest):>14}  {number(change.relative):>10}"
        yield Text(f"{counts}  {changes}" + (f"  {change.not_finite:>10,}" if bad else ""))


def _classes(story: Story) -> Iterator[Text]:
    if not any(c.golden != c.faulty for c in story.classes):
        return
    width = max(len(change.name) for change in story.classes)
    yield Text(f"  {'class':<{width}}  {'golden':>11}  {'faulty':>11}  {'points':>10}")
    for change in story.classes:
        line = f"  {change.name:<{width}}  {percent(change.golden):>11}  {percent(change.faulty):>11}"
        yield Text(f"{line}  {points(change.golden, change.faulty):>10}  {class_marks(change)}".rstrip())
