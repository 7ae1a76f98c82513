"""Every test of the wheel of ``onnx``, run, and the table of them in the documentation:

python -m tests.network.onnx.table            # all; some minutes
python -m tests.network.onnx.table simple     # these collections alone, printed

Exit code 1 where one failed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.network.onnx.cases import Collection, cases
from tests.network.onnx.judged import Fate, Judged, judge

from sassafras.network.importers.onnx.refusal import Reason
from sassafras.network.importers.onnx.table import readings

PAGE = Path(__file__).parents[3] / "docs" / "onnx.md"
BEGIN, END = "<!-- onnx {}: begin -->", "<!-- onnx {}: end -->"


def judged(collections: Iterable[Collection]) -> dict[Collection, list[Judged]]:
    """Each case of each."""
    return {collection: [judge(case) for case in cases(collection)] for collection in collections}


def lines_of(found: dict[Collection, list[Judged]]) -> list[str]:
    """The table, and which cases were refused, by reason."""
    reasons = list(Reason)
    lines = [
        f"| tests | all | passed | failed | {' | '.join(f'refused: {reason}' for reason in reasons)} |",
        "|" + "---|" * (4 + len(reasons)),
    ]
    for collection, of in found.items():
        fates = Counter(one.fate for one in of)
        refused = Counter(one.reason for one in of)
        numbers = [len(of), fates[Fate.PASSED], fates[Fate.FAILED], *(refused[r] for r in reasons)]
        lines.append(f"| {collection} | {' | '.join(map(str, numbers))} |")
    return lines


def names_of(of: Sequence[Judged], fate: Fate) -> str:
    """The cases with a fate, by name."""
    return ", ".join(f"`{one.case.name}`" for one in of if one.fate is fate)


def operators() -> list[str]:
    """The operators that are read, in a line."""
    return [", ".join(f"`{name}`" for name in readings())]


def put(part: str, lines: Sequence[str], page: Path = PAGE) -> None:
    """Put lines into their part of the page."""
    text = page.read_text("utf-8")
    begin, end = (mark.format(part) for mark in (BEGIN, END))
    head, _, rest = text.partition(begin)
    _, _, tail = rest.partition(end)
    page.write_text("\n".join([head + begin, *lines, end + tail]), "utf-8")


def found_in(part: str, page: Path = PAGE) -> list[str]:
    """The lines of a part of the page."""
    text = page.read_text("utf-8")
    begin, end = (mark.format(part) for mark in (BEGIN, END))
    return text.partition(begin)[2].partition(end)[0].strip().splitlines()


def main(arguments: Sequence[str]) -> int:
    """The command."""
    found = judged([Collection(name) for name in arguments] or Collection)
    for of in found.values():
        for one in of:
            if one.fate is not Fate.PASSED:
                sys.stdout.write(f"{one.fate} {one.case.collection} {one.case.name}: {one.said[:200]}\n")
    sys.stdout.write("\n".join(lines_of(found)) + "\n")
    if not arguments:
        put("tests", lines_of(found))
        put("operators", operators())
    return int(any(one.fate is Fate.FAILED for of in found.values() for one in of))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
