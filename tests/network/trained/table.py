"""Networks that somebody else trained, run and struck, and the two tables of them in the documentation:

python -m tests.network.trained.table          # all; some minutes, and downloads the first time
python -m tests.network.trained.table rnet     # these alone, printed

It needs onnxruntime, and torch to read a file of weights: pip install 'sassafras[peers]'.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.network.onnx.table import put
from tests.network.trained.measured import Measured, campaign, measure
from tests.network.trained.trained import NETWORKS

from sassafras.faults.model import Mode

ANSWERS, OUTCOMES = "answers of trained networks", "outcomes of trained networks"  #: parts of the page
HEADS = {
    ANSWERS: "| network | pictures | right by Sassafras | right by onnxruntime | same answer "
    "| largest difference of a probability |",
    OUTCOMES: "| network | mode | faults | errors | Masked | DUE | Malfunction | Invalid Output "
    "| Light Malfunction | No Malfunction |",
}


def answers(found: Measured) -> str:
    """A row of the first table."""
    right = (f"{count} of {found.known}" for count in (found.ours, found.theirs))
    cells = (found.name, found.pictures, *right, f"{found.same} of {found.pictures}", f"{found.worst:.1g}")
    return f"| {' | '.join(map(str, cells))} |"


def outcomes(name: str, summary: Mapping[str, Any]) -> list[str]:
    """Rows of the second."""
    rows = []
    for mode in Mode:
        of = summary["modes"][mode]
        corrupted = of["outcomes"]["SDC"]
        counts = [of["outcomes"]["MASKED"], of["outcomes"]["DUE"], *corrupted.values()]
        cells = (name, mode, of["injected"], of["errors"], *counts)
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return rows


def rows_of(name: str) -> tuple[str, list[str]]:
    """Both, of a network."""
    with TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "model").mkdir()
        trained = NETWORKS[name](work / "model")
        struck = outcomes(trained.name, campaign(trained, work))
        return answers(measure(trained)), struck


def headed(part: str, rows: Sequence[str]) -> list[str]:
    """A table."""
    return [HEADS[part], "|" + "---|" * (HEADS[part].count("|") - 1), *rows]


def main(arguments: Sequence[str]) -> None:
    """The command."""
    found = [rows_of(name) for name in arguments or NETWORKS]
    tables = {
        ANSWERS: [row for row, _ in found],
        OUTCOMES: [row for _, rows in found for row in rows],
    }
    for part, rows in tables.items():
        lines = headed(part, rows)
        sys.stdout.write("\n".join(lines) + "\n\n")
        if not arguments:
            put(part, lines)


if __name__ == "__main__":
    main(sys.argv[1:])
