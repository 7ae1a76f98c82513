"""Where and when a fault struck, as labelled facts; the terminal and the page list the same."""

from __future__ import annotations

from collections.abc import Iterator

from sassafras.explanation.story import ClassChange, Story, Triple
from sassafras.report.explain_sentences import moment
from sassafras.report.explain_values import percent


def facts(story: Story) -> Iterator[tuple[str, str]]:
    """Where and when, as (label, text)."""
    row, scene = story.row, story.scene
    whom = "one thread" if scene.struck_threads == 1 else f"{scene.struck_threads} threads of the warp"
    yield "fault", f"mode {row.mode}, {row.model}, {whom}; target {row.target} {story.strike.name}"
    label = f", a {scene.label}" if scene.label is not None else ""
    sure = percent(row.confidence_golden)
    yield "frame", f"{row.input} ({scene.frame_name}{label}); golden: {scene.top1}, {sure}"
    shape = " x ".join(map(str, scene.layer_shape))
    nth = f"{row.kernel} {row.invocation + 1} of {scene.launches}"
    variant = f" ({scene.program})" if scene.program != row.kernel else ""
    yield "launch", f"{row.launch}: {nth}{variant}, layer {row.part} ({scene.layer_kind}, {shape})"
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


def class_marks(change: ClassChange) -> str:
    """What the network says, beside a class."""
    words = ("golden says", "faulty says")
    return ", ".join(word for word, named in zip(words, change.named, strict=True) if named)
