"""Tables of ``sassafras compare`` for the terminal."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from sassafras.analysis.compare import LEVEL, Compared, Part
from sassafras.analysis.contenders import Contender, Contest
from sassafras.analysis.differences import INTERVALS, Test
from sassafras.analysis.events import Event
from sassafras.faults.model import Mode
from sassafras.report.failure_tables import failure_table

DASH = "–"
MINUS = "−"
SMALLEST = 0.001  #: p-values below it are not told apart in tables
FEW = (Event.CRITICAL, Event.DUE)  #: of kernels and layers: the rest is in the files
NAMES = {Part.KERNEL: "Kernel vulnerability (CKV)", Part.LAYER: "Layer vulnerability (CLV)"}

#: How differences of estimates were made: said below the tables where it was so.
METHODS = {
    Test.MOVER: "differences of weighted shares: MOVER from the intervals of both (Zou and Donner 2008); "
    "p: the smallest level at which that leaves out 0, 1 above 0.05",
    Test.UNION_BOUND: "differences with an anytime-valid share: from the 97.5 % intervals of both (union "
    "bound, valid whenever one stops); p: the smallest level at which that leaves out 0, 1 above 0.05",
}

Row = Mapping[Hashable, Any]


def compare_tables(compared: Compared) -> list[Table]:
    """The campaigns, outcomes of each mode, and Critical and DUE by kernel and by layer. 80 columns are
    enough.
    """
    contest = compared.contest
    shown = [campaigns_table(contest.contenders)]
    shown += [
        failure_table(found, compared.critical, "A", ("A", letter))
        for letter, found in compared.failures.items()
    ]
    shown += [outcomes_table(compared, mode) for mode in contest.modes]
    for part in (Part.KERNEL, Part.LAYER):
        if part is Part.KERNEL or contest.layers is not None:
            shown += [part_table(compared, part, mode) for mode in contest.modes]
    return shown


def campaigns_table(contenders: Sequence[Contender]) -> Table:
    """Who is who."""
    table = _table("Campaigns", "A is the reference", ["", "campaign", "network", "GPU"])
    for heading in ("frames", "seed", "injections"):
        table.add_column(heading, justify="right")
    for contender in contenders:
        stored = contender.stored
        table.add_row(
            contender.letter,
            Text(contender.name, overflow="fold"),
            network_name(contender),
            stored.settings.arch,
            str(len(stored.injections["frame"].unique()) if not stored.frames else stored.frames),
            str(stored.settings.seed),
            str(len(contender.rows)),
        )
    return table


def network_name(contender: Contender) -> str:
    """What the store says of the network: "alexnet", its cfg's name, or the start of its digest."""
    source = contender.stored.source
    if source is None:
        return str(contender.stored.fingerprint["network"])[:8]
    return source.name


def outcomes_table(compared: Compared, mode: Mode) -> Table:
    """Every event of a mode, a row per campaign."""
    contest = compared.contest
    table = _table(
        f"Outcomes, mode {mode.value}",
        f"percent of the mode's {struck(contest)}, 95 % intervals ({intervals(contest)}); difference from A "
        f"in percentage points ({difference_intervals(compared)}); p: after Holm's correction, * below 0.05"
        + meaning(compared),
        ["outcome", ""],
    )
    for heading in ("n", "share", "difference from A", "p"):
        table.add_column(heading, justify="right")
    for event in compared.events:
        for row, difference in _rows(compared, Part.MODE, mode, mode.value, event):
            is_first = row["campaign"] == "A"
            table.add_row(
                event.label if is_first else "",
                str(row["campaign"]),
                f"{row['n']}/{row['total']}",
                share_text(row),
                "" if is_first else difference_text(difference),
                "" if is_first else p_text(difference),
            )
    return table


def part_table(compared: Compared, part: Part, mode: Mode) -> Table:
    """Critical and DUE of each kernel (CKV) or layer (CLV) of a mode, a row per campaign."""
    faults = struck(compared.contest)
    whole = f"all {faults} of the mode" if part is Part.KERNEL else f"the layer's {faults}"
    table = _table(
        f"{NAMES[part]}, mode {mode.value}",
        f"percent of {whole}, 95 % intervals; Δ: difference from A, * p below 0.05 after Holm's correction"
        + meaning(compared),
        [part.value, ""],
    )
    for event in FEW:
        table.add_column(event.label, justify="right")
        table.add_column("Δ", justify="right")
    for value in _values(compared, part):
        rows = [list(_rows(compared, part, mode, value, event)) for event in FEW]
        if all(row["total"] == 0 for row, _ in rows[0]):
            continue
        for together in zip(*rows, strict=True):
            letter = str(together[0][0]["campaign"])
            name = value if part is Part.KERNEL else f"{value} {(compared.contest.layers or ())[int(value)]}"
            cells: list[Text | str] = []
            for row, difference in together:
                cells += [share_text(row), "" if letter == "A" else short_difference(difference)]
            table.add_row(name if letter == "A" else "", letter, *cells)
    return table


def meaning(compared: Compared) -> str:
    """What critical means, for captions; "" in the paper's reading."""
    return "" if compared.critical.is_plain else f"; critical: {compared.critical.words}"


def struck(contest: Contest) -> str:
    """What shares are shares of."""
    weighted = any(c.sampling.stratify is not None for c in contest.contenders)
    return "faults" if weighted else "injections"


def intervals(contest: Contest) -> str:
    """How the intervals of shares are made, by campaign where they are not made alike."""
    made: dict[str, list[str]] = {}
    for contender in contest.contenders:
        made.setdefault(contender.sampling.intervals, []).append(contender.letter)
    if len(made) == 1:
        return next(iter(made))
    return "; ".join(f"{', '.join(letters)}: {name}" for name, letters in made.items())


def difference_intervals(compared: Compared) -> str:
    """How the intervals of differences are made, by campaign where they are not made alike."""
    made: dict[str, list[str]] = {}
    for (letter, name), _ in compared.differences.groupby(["campaign", "interval"], sort=False):
        made.setdefault(str(name).partition(",")[0], []).append(str(letter))
    if len(made) == 1:
        return next(iter(made))
    return "; ".join(f"{', '.join(letters)}: {name}" for name, letters in made.items())


def closing_lines(compared: Compared) -> list[str]:
    """What was found, in words."""
    lines = [f"note: {note}" for note in compared.contest.notes]
    if compared.paired_with_first:
        letters = ", ".join(compared.paired_with_first)
        lines.append(f"note: A and {letters} hold the same faults: compared fault by fault (McNemar)")
    made = set(compared.differences["interval"])
    lines += [f"note: {text}" for test, text in METHODS.items() if INTERVALS[test] in made]
    contenders = compared.contest.contenders
    if len(contenders) > 2 and not all(c.sampling.is_plain for c in contenders):
        lines.append("note: no test of all campaigns together: not all are plain samples")
    tests = int(compared.differences["p_value"].notna().sum())
    found = compared.significant()
    lines.append(
        f"{len(found)} of {tests} differences from A are significant ({LEVEL * 100:.0f} % for each of "
        f"{_families(compared)}, after Holm's correction){':' if len(found) else ''}"
    )
    lines += [f"  {_sentence(row)}" for row in found.to_dict("records")]
    unequal = compared.overall[compared.overall["p_holm"] < LEVEL]
    if len(compared.overall):
        lines.append(
            f"not the same in all {len(compared.contest.contenders)} campaigns: "
            f"{len(unequal)} of {len(compared.overall)} shares{':' if len(unequal) else ''}"
        )
        lines += [
            f"  {_place(row)}: p = {row['p_holm']:.2g} ({row['test']})" for row in unequal.to_dict("records")
        ]
    return lines


def share_text(row: Row) -> Text:
    """Percent with its interval: "12.7 (10.7–14.9)"; a dash where there is none."""
    if math.isnan(row["share"]):
        return Text(DASH)
    bounds = f"{row['low'] * 100:.1f}–{row['high'] * 100:.1f}"
    return Text.assemble(f"{row['share'] * 100:.1f} ", (f"({bounds})", "dim"))


def difference_text(row: Row | None) -> Text:
    """Percentage points with their interval: "+1.2 (−0.4, 2.8)"."""
    if row is None:
        return Text(DASH)
    bounds = f"({_bounds(row)})"
    return Text.assemble(signed(row["difference"]), " ", (bounds, "dim"))


def short_difference(row: Row | None) -> str:
    """Percentage points, with a star where significant."""
    if row is None:
        return DASH
    return signed(row["difference"]) + ("*" if row["p_holm"] < LEVEL else "")


def p_text(row: Row | None) -> str:
    """The corrected p-value; a dash where nothing was tested."""
    if row is None or math.isnan(row["p_holm"]):
        return DASH
    p_value = row["p_holm"]
    if p_value < SMALLEST:
        return f"<{SMALLEST}*"
    digits = 3 if p_value < 10 * SMALLEST else 2
    return f"{p_value:.{digits}f}" + ("*" if p_value < LEVEL else "")


def signed(share: float) -> str:
    """Percentage points with their sign."""
    points = f"{abs(share) * 100:.1f}"
    if float(points) == 0:
        return "0.0"
    return ("+" if share > 0 else MINUS) + points


def _sentence(row: Row) -> str:
    before, after = (row[f"share{side}"] * 100 for side in ("_reference", ""))
    return (
        f"{row['campaign']}: {_place(row)}: {before:.1f} → {after:.1f} % "
        f"({signed(row['difference'])}; {_bounds(row)}), p = {row['p_holm']:.2g}"
    )


def _bounds(row: Row) -> str:
    return f"{signed(row['low'])}, {signed(row['high'])}".replace("+", "")


def _place(row: Row) -> str:
    where = "" if row["part"] == Part.MODE.value else f" {row['part']} {row['value']}"
    return f"{row['mode']}{where} {Event(row['event']).label}"


def _families(compared: Compared) -> str:
    counts = compared.differences.dropna(subset=["p_value"]).groupby("part", sort=False).size()
    return ", ".join(f"{n} by {part}" for part, n in counts.items()) or "no tests"


def _values(compared: Compared, part: Part) -> list[str]:
    if part is Part.KERNEL:
        return list(compared.contest.kernels)
    return [str(k) for k in range(len(compared.contest.layers or ()))]


def _rows(
    compared: Compared, part: Part, mode: Mode, value: str, event: Event
) -> list[tuple[Row, Row | None]]:
    """A row of shares and a row of differences (None where there is none) for each campaign."""
    shares, differences = (
        _where(table, part, mode, value, event) for table in (compared.shares, compared.differences)
    )
    by_letter = {row["campaign"]: row for row in differences}
    return [(row, by_letter.get(row["campaign"])) for row in shares]


def _where(table: pd.DataFrame, part: Part, mode: Mode, value: str, event: Event) -> list[Row]:
    chosen = (table["part"] == part.value) & (table["mode"] == mode.value)
    chosen &= (table["value"] == value) & (table["event"] == event.value)
    return list(table[chosen].to_dict("records"))


def _table(title: str, caption: str, left: Sequence[str]) -> Table:
    table = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for heading in left:
        table.add_column(heading, justify="left", no_wrap=heading != "campaign")
    return table
