"""The whole trace of a struck thread as CSV: golden beside faulty."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from sassafras.explanation.steps import Step, Value
from sassafras.report.files import write_text

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
