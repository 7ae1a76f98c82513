"""A fault's story as tables; the terminal and the page show the same."""

from __future__ import annotations

from collections.abc import Iterator

from sassafras.explanation.steps import Path, Step, Stored
from sassafras.explanation.story import ClassChange, Story, Triple
from sassafras.faults.model import Mode
from sassafras.report.cells import Cell, Missing, Name, Number, Place, Points, Probability, Text
from sassafras.report.explain_sentences import memory_facts, moment, struck_words
from sassafras.report.explain_values import many, shown, word
from sassafras.report.numbers import NOTHING, probability
from sassafras.report.table import Table, made

DIGITS = 5  #: of values and their changes
_SIDES = {Path.BOTH: "", Path.GOLDEN: "only the golden thread", Path.FAULTY: "only the faulty thread"}

StepRow = tuple[str, str, str]  #: what it is, golden, faulty


def place(story: Story) -> Table:
    """Where and when."""
    rows = [[label, Text(text)] for label, text in _facts(story)]
    return made("where", "Where and when", "", ("what", "which"), [rows])


def _facts(story: Story) -> Iterator[tuple[str, str]]:
    row, scene = story.row, story.scene
    whom = "one thread" if scene.struck_threads == 1 else f"{scene.struck_threads} threads of the warp"
    whom = whom if story.memory is None else "no thread"
    yield "fault", f"mode {row.mode}, {row.model}, {whom}; target {row.target} {story.strike.name}"
    label = f", a {scene.label}" if scene.label is not None else ""
    sure = "" if story.vocabulary.pairs else f"; golden: {scene.top1}, {probability(row.confidence_golden)}"
    yield "frame", f"{row.input} ({scene.frame_name}{label}){sure}"
    shape = " x ".join(map(str, scene.layer_shape))
    nth = f"{row.kernel} {row.invocation + 1} of {scene.launches}"
    variant = f" ({scene.program})" if scene.program != row.kernel else ""
    yield "launch", f"{row.launch}: {nth}{variant}, layer {row.part} ({scene.layer_kind}, {shape})"
    if row.race is not None:
        yield "race", row.race
    if story.memory is not None:
        yield from memory_facts(story, story.memory)
        return
    thread, block = _place(scene.thread_at, scene.block), _place(scene.block_at, scene.grid)
    yield "thread", f"{row.thread}{thread} of block {row.block}{block}"
    if scene.makes is not None:
        ends = scene.makes.first.name
        if scene.makes.values > 1:
            ends += f" to {scene.makes.last.name} ({scene.makes.values} values)"
        axes = ", ".join(scene.makes.first.axes)
        yield "it writes", f"{ends}; [{axes}]"
    yield (
        "instruction",
        f"#{row.instruction} of {scene.length} in the golden thread, offset {row.offset:#06x}",
    )
    for name, at in (
        ("written by", story.strike.written),
        ("next read", story.strike.read),
        ("next write", story.strike.overwritten),
    ):
        if at is not None:
            yield name, moment(at)
    for k, line in enumerate(story.cuda):
        yield "CUDA" if k == 0 else "inlined at", f"{line.file}:{line.line}  {line.text}"


def _place(at: Triple, size: Triple) -> str:
    """`` (12, 14 of 16 x 16)``; nothing along one axis but how many there are."""
    axes = max(k + 1 for k in range(3) if size[k] > 1 or k == 0)
    if axes == 1:
        return f" (of {size[0]})"
    return f" ({', '.join(map(str, at[:axes]))} of {' x '.join(map(str, size[:axes]))})"


def thread(story: Story, first: int, last: int) -> Table:
    """Instructions ``first`` to ``last`` of those in which something was other than in the golden run, with
    what they read and left, golden beside faulty.
    """
    groups = []
    for step in story.steps[first:last]:
        at = step.faulty_number if step.faulty_number is not None else step.golden_number
        told = step_rows(story, step) or [("", "", "")]
        rows = [["", "", "", *row] for row in told]
        rows[0][:3] = [f"#{at:,}", f"{step.offset:#06x}", step.text]
        groups.append(rows)
    columns = ("number", "offset", "instruction", "what", "golden", "faulty")
    name = "steps" if first == 0 else f"steps_{first}"
    caption = "" if first else "the struck instruction, and those in which something was other than golden"
    return made(name, "In the thread", caption, columns, groups)


def step_rows(story: Story, step: Step) -> list[StepRow]:
    """What an instruction read and left."""
    rows = [] if step.path is Path.BOTH else [(f"{_SIDES[step.path]} issues it", "", "")]
    if step.path is Path.BOTH and step.executed[0] != step.executed[1]:
        golden, faulty = ("executed" if done else "skipped" for done in step.executed)
        rows.append(("guard", golden, faulty))
    rows += [(f"reads {value.name}", *shown(value)) for value in step.reads]
    rows += [(f"{value.name} is now", *shown(value)) for value in step.writes]
    rows += [_store(stored) for stored in step.stores]
    if step.struck and story.strike.mode is Mode.RF:
        rows.append((f"{story.strike.name} struck", *struck_words(story.strike)))
    return rows


def _store(stored: Stored) -> StepRow:
    values = (stored.golden, stored.faulty)
    golden, faulty = (word(v, bits=stored.bits, is_float=stored.is_float) for v in values)
    if stored.golden_spot == stored.faulty_spot:
        return f"stores to {stored.place}", golden, faulty
    spots = zip((golden, faulty), (stored.golden_spot, stored.faulty_spot), strict=True)
    golden, faulty = (NOTHING if spot is None else f"{text} to {spot.name}" for text, spot in spots)
    return "stores", golden, faulty


def memory(story: Story, most: int) -> list[Table]:
    """Words of memory that differ after the launch, ``most`` of them at most; nothing where none does."""
    rows = [
        [Place(entry.spot.name, entry.spot.address), *(word(v, is_float=entry.spot.is_float) for v in both)]
        for entry in story.words[:most]
        for both in [(entry.golden, entry.faulty)]
    ]
    hidden = story.word_count - len(rows)
    caption = f"and {many(hidden, 'word')} more" if hidden else ""
    columns = ("where", "golden", "faulty")
    title = f"Memory {'after' if story.memory is None else 'before'} the launch"
    return [made("memory", title, caption, columns, [rows])] if rows else []


def layers(story: Story) -> list[Table]:
    """How much of every layer's output differs; nothing where nothing went through the network."""
    bad = any(change.not_finite for change in story.layers)
    rows = []
    for change in story.layers:
        changes: list[Cell] = [
            Missing(reason="golden") if not change.differing else _number(change.largest),
            _number(change.relative if change.differing else None),
        ]
        name = f"{change.layer} {change.kind}"
        rows.append([name, change.differing, change.values, *changes, *([change.not_finite] if bad else [])])
    columns = ["layer", "differ", "of", "largest change", "relative", *(["not finite"] if bad else [])]
    return [made("layers", "Layer by layer", "", columns, [rows])] if rows else []


def _number(value: float | None) -> Cell:
    return Missing() if value is None else Number(value, DIGITS)


def classes(story: Story) -> list[Table]:
    """The probabilities of all classes; nothing where none changed."""
    if not any(change.golden != change.faulty for change in story.classes):
        return []
    rows = [
        [
            change.name,
            Probability(change.golden),
            Probability(change.faulty),
            Points(change.golden, change.faulty),
            Name(_said(change)),
        ]
        for change in story.classes
    ]
    columns = ("class", "golden", "faulty", "points", "answer")
    return [made("classes", "Probabilities", "", columns, [rows])]


def _said(change: ClassChange) -> str:
    """Which answers name a class."""
    words = ("golden", "faulty")
    return ", ".join(word for word, named in zip(words, change.named, strict=True) if named)
