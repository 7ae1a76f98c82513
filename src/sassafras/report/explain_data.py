"""A fault's story for other programs: as JSON, and its thread's whole trace as CSV, golden beside faulty."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from sassafras.explanation.memory_map import Spot
from sassafras.explanation.steps import Step, Value
from sassafras.explanation.story import Story
from sassafras.report.explain_sentences import ending, in_brief
from sassafras.report.files import write_text
from sassafras.simulation.record import INJECTION, Injection, shown_of


def explain_json(story: Story) -> str:
    """The whole story with its sentences: the fields of `Story`, names and all. Numbers that are not finite
    become the strings "NaN", "inf" and "-inf"; the probabilities are under ``classes``.
    """
    plain = {"ending": ending(story), "in_brief": list(in_brief(story))} | _plain(story)
    for column in INJECTION:
        if column.vector:
            del plain["row"][column.shown]
    return json.dumps(plain, indent=1, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Injection):
        return {name: _plain(one) for name, one in shown_of(value).items()}
    if is_dataclass(value):
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"name": value.name} | found if isinstance(value, Spot) else found
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value)
    return value


COLUMNS = (
    "golden_number",  # dynamic instruction of the golden thread, empty where only the faulty one issued it
    "faulty_number",
    "offset",  # bytes from the start of the kernel
    "sass",
    "struck",  # 1: this is the struck instruction
    "differs",  # 1: something is other than in the golden run
    "golden_executed",  # 0: the guard was false
    "faulty_executed",
    "golden",  # what it wrote: registers, predicates, CC (Z lowest), words with their place
    "faulty",
)


def write_trace(path: Path, steps: Iterable[Step]) -> int:
    """Write a trace; returns the number of rows. Raises OSError."""
    text, rows = io.StringIO(), 0
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for step in steps:
        out.writerow(_row(step))
        rows += 1
    write_text(path, text.getvalue())
    return rows


def _row(step: Step) -> tuple[object, ...]:
    executed = ["" if ran is None else int(ran) for ran in step.executed]
    differs = step.changed or any(v.differs for v in step.reads) or step.executed[0] != step.executed[1]
    return (
        "" if step.golden_number is None else step.golden_number,
        "" if step.faulty_number is None else step.faulty_number,
        f"{step.offset:#06x}",
        step.text,
        int(step.struck),
        int(differs),
        *executed,
        "; ".join(_results(step, faulty=False)),
        "; ".join(_results(step, faulty=True)),
    )


def _results(step: Step, *, faulty: bool) -> Iterator[str]:
    for value in step.writes:
        word = value.faulty if faulty else value.golden
        if word is not None:
            yield f"{value.name}={_shown(value, word)}"
    for stored in step.stores:
        word = stored.faulty if faulty else stored.golden
        spot = stored.faulty_spot if faulty else stored.golden_spot
        if word is not None:
            yield f"[{stored.place if spot is None else spot.name}]={word:#010x}"


def _shown(value: Value, word: int) -> str:
    return f"{word:#010x}" if value.name.startswith("R") else str(word)
