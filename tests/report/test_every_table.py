"""Terminal, page, LaTeX and CSV of every table say the same numbers: all four are read back, each by a reader
of its own, and compared cell by cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console
from tests.analysis.finished import finished as contender
from tests.cli.test_interchange import SASSIFI_RF, SASSIFI_VALUE
from tests.report.conftest import Finished
from tests.report.test_frame_tables import with_frames
from tests.report.test_sampling_tables import sampled

from sassafras.analysis.compare import compare
from sassafras.analysis.contenders import contest
from sassafras.analysis.results import Results
from sassafras.faults.strata import Stratify
from sassafras.hardening.fit_study import fit_study
from sassafras.interchange.formats import Tool
from sassafras.interchange.imported import Imported, write_imported
from sassafras.interchange.results import read_results, result_files
from sassafras.progress import Silence
from sassafras.report.numbers import FEW, FEW_MARK, NOT_STRUCK
from sassafras.report.page.material import gather
from sassafras.report.renderers.csv import comma_separated
from sassafras.report.renderers.html import html
from sassafras.report.renderers.latex import latex
from sassafras.report.renderers.terminal import print_table
from sassafras.report.table import Table
from sassafras.report.tables.compare import history
from sassafras.report.tables.imported import beside_ours
from sassafras.report.tables.registry import CAMPAIGN, COMPARE, FIT, IMPORTED, OWN, page_tables

NUMBER = re.compile(r"(?<![<\d.])[+−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
SCALES = (1.0, 100.0, 1000.0, 1e-6)  # counts, percent, milliseconds, millions
LATEX = {"\\$": "$", "--": "–", "$-$": "−", "$<$ ": "below ", "$<$": "<", "$\\times$": "×", "$\\pm$": "±"}
LATEX |= {
    "\\textasciicircum{}": "^",
    "$\\leq$": "≤",
    "$\\infty$": "∞",
    "$\\Delta$": "Δ",
    "$^\\dagger$": FEW_MARK,
    "\\_": "_",
    "\\%": "%",
}
Rows = list[list[str]]


def from_terminal(table: Table) -> list[list[str]]:
    """The words of each row."""
    console = Console(file=io.StringIO(), width=3000)
    print_table(console, table)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    rule = next(k for k, line in enumerate(lines) if line.startswith("──"))
    shown = [line for line in lines[rule + 1 :] if line.strip()][: len(table.rows)]
    return [line.replace(" %", "").split() for line in shown]


class _Body(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows = []
        self.few: list[list[bool]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside |= tag == "tbody"
        if self.inside and tag == "tr":
            self.rows.append([])
            self.few.append([])
        if self.inside and tag in ("td", "th"):
            self.rows[-1].append("")
            self.few[-1].append(dict(attrs).get("class") == "few")

    def handle_data(self, data: str) -> None:
        if self.inside and self.rows and self.rows[-1] and data != "\n":
            self.rows[-1][-1] += data


def from_page(table: Table) -> _Body:
    body = _Body()
    body.feed(str(html(table)))
    return body


def from_latex(table: Table) -> Rows:
    text = latex(table)
    for there, here in LATEX.items():
        text = text.replace(there, here)
    body = text.partition("\\midrule\n")[2].partition("\\bottomrule")[0].replace("\\midrule\n", "")
    return [line.removesuffix(" \\\\").split(" & ") for line in body.splitlines()]


def from_csv(table: Table) -> list[list[dict[str, str]]]:
    """Of each row and column of the table its fields, by the end of their names."""
    head, *rows = csv.reader(io.StringIO(comma_separated(table)))
    assert len(set(head)) == len(head), head
    names = [column.replace(" ", "_") or "of" for column in table.columns]
    owner: list[tuple[int, str]] = []
    at = -1
    for field in head:
        at += at + 1 < len(names) and field == names[at + 1]
        owner.append((at, field[len(names[at]) :].removeprefix("_")))
    return [
        [{end: row[k] for k, (own, end) in enumerate(owner) if own == at} for at in range(len(names))]
        for row in rows
    ]


def is_written(shown: str, raw: Sequence[float], *, upward: bool) -> bool:
    """Whether this is one of the numbers to its last digit (``upward``: a bound, rounded up)."""
    text = shown.replace(",", "").replace("−", "-")
    digits, _, power = text.partition("e")
    half = 0.5000001 * 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    room = (1e-9, 2 * half) if upward else (half, half)
    return any(value * s - room[0] <= float(text) <= value * s + room[1] for value in raw for s in SCALES)


def check_cell(text: str, fields: Mapping[str, str]) -> None:
    """What people read is what programs read."""
    value = fields.get("", "")
    raw = [float(field) for end, field in fields.items() if end != "few" and re.match(r"[-\d]", field)]
    if text in ("–", NOT_STRUCK, "no launches"):
        assert value == "", fields
        return
    upward = text.startswith(("below", "<"))
    if not upward:
        first = NUMBER.search(text)
        assert first and is_written(first[0], [float(value)], upward=False), (text, fields)
    for shown in NUMBER.findall(text.replace("–", " ")):
        assert is_written(shown, raw, upward=upward), (text, shown, fields)
    assert (FEW_MARK in text) == (fields.get("few", "") == FEW_MARK)
    if fields.get("trials"):
        assert (FEW_MARK in text) == (0 < int(fields["trials"]) < FEW)


def check(table: Table) -> int:
    """All four; how many cells they have."""
    body, terminal, paper, raw = from_page(table), from_terminal(table), from_latex(table), from_csv(table)
    assert len(body.rows) == len(terminal) == len(paper) == len(raw) == len(table.rows) > 0, table.name
    for cells, few, line, texts, fields in zip(body.rows, body.few, terminal, paper, raw, strict=True):
        assert len(cells) == len(texts) == len(fields) == len(table.columns), table.name
        plain = [cell.replace(" %", "") if ")" in cell or cell[:1].isdigit() else cell for cell in cells]
        assert " ".join(plain).replace(" %", "").split() == line, table.name
        assert [cell.replace(" %", "") for cell in cells] == [cell.replace(" %", "") for cell in texts]
        assert few == [FEW_MARK in cell for cell in cells]
        for cell, field in zip(plain, fields, strict=True):
            if cell != field.get(""):
                check_cell(cell.removesuffix(" %"), field)
    return sum(map(len, body.rows))


def checked(found: Sequence[Table]) -> set[str]:
    assert len({table.name for table in found}) == len(found), "a name of a file, an element, a label"
    assert all(check(table) for table in found)
    return {table.name for table in found}


def test_a_campaign_and_its_hardening(finished: Finished) -> None:
    names = checked(page_tables(gather(finished.record, finished.shape, finished.results)))
    assert {"table1", "outcomes", "ckv_RF", "clv_IOV", "critical_ckv", "avf", "ranking"} <= names
    assert {"table2", "table2_measured", "front", "points", "failures", "before_after", "replay"} <= names


@pytest.mark.parametrize("until", [None, 0.12])
@pytest.mark.parametrize("stratify", [None, Stratify.KERNEL])
def test_samples(results: Results, stratify: Stratify | None, until: float | None) -> None:
    names = checked(CAMPAIGN.of(sampled(results, stratify, until)))
    assert ("strata" in names) == (stratify is not None or until is not None)


def test_many_frames(results: Results) -> None:
    assert "over_frames" in checked(CAMPAIGN.of(with_frames(results, 20)))


def test_own_faults(finished: Finished) -> None:
    assert checked(OWN.of(finished.results)) == {"outcomes", "by_kernel", "one_by_one"}


def test_fit(finished: Finished) -> None:
    found = FIT.of(fit_study(finished.campaign, None, None, 1, Silence()))
    assert checked(found) == {"avf", "fit_kernel", "fit_layer", "fit_programs"}


def test_compare() -> None:
    unlike = (0.7, 0.1, 0.1, 0.05, 0.05)
    both = [("runs/one", contender("one")), ("runs/two", contender("two", unlike, dice=1, seed=3))]
    compared = compare(contest(both))
    names = checked([*COMPARE.of(compared), *history(compared)])
    assert {"campaigns", "outcomes_RF", "kernels_IOV", "layers_RF", "history"} <= names


@pytest.fixture
def imported(tmp_path: Path) -> Imported:
    (tmp_path / "results-modeinst_value-igid0.bfm0.10.txt").write_text(SASSIFI_VALUE)
    (tmp_path / "results-moderf-igidrf.bfm1.10.txt").write_text(SASSIFI_RF)
    paths = result_files([tmp_path])
    return write_imported(tmp_path / "out", Tool.SASSIFI, paths, read_results(Tool.SASSIFI, paths, {}))


def test_imports(imported: Imported, finished: Finished) -> None:
    found = IMPORTED.of(imported)
    ours = finished.results.injections
    found += [beside_ours(imported, ours, by) for by in (["mode"], ["mode", "kernel"])]
    assert {"imported_outcomes", "beside_mode", "beside_kernel"} <= checked(found)


def test_few_and_not_struck_are_told_apart(finished: Finished) -> None:
    """Of fewer than ten: marked in all four; none at all: said, and no share."""
    found = {
        table.name: table for table in page_tables(gather(finished.record, finished.shape, finished.results))
    }
    layers = found["clv_RF"]
    body, paper, raw = from_page(layers), from_latex(layers), from_csv(layers)
    injections = finished.results.injections
    for cells, texts, fields, marks in zip(body.rows, paper, raw, body.few, strict=True):
        own = injections[(injections["mode"] == "RF") & (injections["layer"] == int(cells[0].split()[0]))]
        assert all(marks[2:]) == (0 < len(own) < FEW)
        assert any(marks) == any(FEW_MARK in text for text in texts) == any(f.get("few") for f in fields)
        if not len(own):
            assert cells[1] in (NOT_STRUCK, "no launches")
            assert set(cells[2:]) == {"–"}
    assert "†: of fewer than 10" in str(html(found["clv_RF"]))
