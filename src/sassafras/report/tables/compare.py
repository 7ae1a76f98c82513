"""Tables of ``sassafras compare``."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sassafras.analysis.compare import LEVEL, Compared, Part
from sassafras.analysis.contenders import Contender, Contest
from sassafras.analysis.events import Event
from sassafras.faults.model import Mode
from sassafras.report.cells import Cell, Count, Difference, Missing, Path, PValue, share_of
from sassafras.report.numbers import NONE_SEEN
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.failures import failure_rows
from sassafras.report.tables.failures import failures as failures_table
from sassafras.report.tables.registry import COMPARE, FORMER

FEW = (Event.CRITICAL, Event.DUE)  #: of kernels and layers: the rest is in the files
HISTORY = (Event.CRITICAL, Event.MALFUNCTION, Event.INVALID_OUTPUT, Event.DUE)  #: of a former campaign
NAMES = {Part.KERNEL: "Kernel vulnerability (CKV)", Part.LAYER: "Layer vulnerability (CLV)"}

Row = Mapping[Hashable, Any]


@COMPARE.at(10)
def campaigns(compared: Compared) -> list[Table]:
    """Who is who."""
    rows: list[list[Given]] = []
    for contender in compared.contest.contenders:
        stored = contender.stored
        rows.append(
            [
                contender.letter,
                Path(contender.name),
                network_name(contender),
                stored.settings.arch,
                stored.frames or len(stored.injections["frame"].unique()),
                str(stored.settings.seed),
                len(contender.rows),
            ]
        )
    columns = ("letter", "campaign", "network", "GPU", "frames", "seed", "injections")
    return [made("campaigns", "Campaigns", "A is the reference", columns, [rows], left=4)]


@COMPARE.at(20)
def failures(compared: Compared) -> list[Table]:
    """By exposure, of campaigns of other programs than A's."""
    return [
        table
        for letter, found in compared.failures.items()
        for table in failures_table(failure_rows(found), compared.critical, "A", ("A", letter))
    ]


@COMPARE.at(30)
def outcomes(compared: Compared) -> list[Table]:
    """Every event of each mode, a row per campaign."""
    return [_outcomes(compared, mode) for mode in compared.contest.modes]


def _outcomes(compared: Compared, mode: Mode) -> Table:
    contest = compared.contest
    caption = (
        f"percent of the mode's {struck(contest)}, 95 % intervals ({intervals(contest)}); {NONE_SEEN}; "
        f"difference from A in percentage points ({difference_intervals(compared)}); p: after Holm's "
        "correction, * below 0.05" + meaning(compared)
    )
    groups = []
    for event in compared.events:
        rows = []
        for row, difference in rows_of(compared, Part.MODE, mode, mode.value, event):
            is_first = row["campaign"] == "A"
            rows.append(
                [
                    event.label,
                    str(row["campaign"]),
                    Count(row["n"], row["total"]),
                    share_cell(row),
                    "" if is_first else difference_of(difference),
                    "" if is_first else _p_value(difference),
                ]
            )
        groups.append(rows)
    columns = ("outcome", "of", "n", "share", "difference from A", "p")
    title = f"Outcomes, mode {mode.value}"
    return made(f"outcomes_{mode.value}", title, caption, columns, groups, left=2)


@FORMER.at(10)
def history(compared: Compared) -> list[Table]:
    """A former campaign (the reference) beside today's, a row per mode."""
    former, today = compared.contest.contenders
    pairs = " of the faults that both hold, one by one" if today.letter in compared.paired_with_first else ""
    caption = (
        f"before: {former.name}; percent of the mode's {struck(compared.contest)}, 95 % intervals; "
        f"{NONE_SEEN}; difference{pairs}: in percentage points ({difference_intervals(compared)}), "
        f"* p below 0.05 after Holm's correction{meaning(compared)}"
    )
    notes = compared.contest.notes and ("A is the campaign before, B this one", *compared.contest.notes)
    groups = []
    for event in HISTORY:
        rows = []
        for mode in compared.contest.modes:
            (before, _), (now, difference) = rows_of(compared, Part.MODE, mode, mode.value, event)
            rows.append(
                [event.label, mode.value, share_cell(before), share_cell(now), difference_of(difference)]
            )
        groups.append(rows)
    columns = ("outcome", "mode", "before", "now", "difference")
    return [made("history", "Before and now", "; ".join([caption, *notes]), columns, groups, left=2)]


@COMPARE.at(40)
def parts(compared: Compared) -> list[Table]:
    """Critical and DUE of each kernel (CKV) and layer (CLV) of each mode, a row per campaign."""
    known = [part for part in NAMES if part is Part.KERNEL or compared.contest.layers is not None]
    return [_part(compared, part, mode) for part in known for mode in compared.contest.modes]


def _part(compared: Compared, part: Part, mode: Mode) -> Table:
    faults = struck(compared.contest)
    whole = f"all {faults} of the mode" if part is Part.KERNEL else f"the layer's {faults}"
    caption = (
        f"percent of {whole}, 95 % intervals; {NONE_SEEN}; Δ: difference from A, * p below 0.05 after Holm's "
        "correction" + meaning(compared)
    )
    groups = []
    for value in _values(compared, part):
        found = [list(rows_of(compared, part, mode, value, event)) for event in FEW]
        if all(row["total"] == 0 for row, _ in found[0]):
            continue
        name = value if part is Part.KERNEL else f"{value} {(compared.contest.layers or ())[int(value)]}"
        groups.append([_together(name, together) for together in zip(*found, strict=True)])
    columns = [part.value, "of"]
    for event in FEW:
        columns += [f"{event.label} n", event.label, f"{event.label} Δ"]
    title = f"{NAMES[part]}, mode {mode.value}"
    return made(f"{part.value}s_{mode.value}", title, caption, columns, groups, left=2)


def _together(name: str, found: tuple[tuple[Row, Row | None], ...]) -> list[Given]:
    letter = str(found[0][0]["campaign"])
    cells: list[Given] = [name, letter]
    for row, difference in found:
        cells += [
            Count(row["n"], row["total"]),
            share_cell(row),
            "" if letter == "A" else difference_of(difference),
        ]
    return cells


def network_name(contender: Contender) -> str:
    """What the store says of the network: "alexnet", its cfg's name, or the start of its digest."""
    source = contender.stored.source
    if source is None:
        return str(contender.stored.fingerprint["network"])[:8]
    return source.name


def meaning(compared: Compared) -> str:
    """What critical means, for captions; "" in the paper's reading."""
    return "" if compared.critical.is_plain else f"; critical: {compared.critical.words}"


def struck(contest: Contest) -> str:
    """What shares are shares of."""
    weighted = any(c.sampling.stratify is not None for c in contest.contenders)
    return "faults" if weighted else "injections"


def intervals(contest: Contest) -> str:
    """How the intervals of shares are made, by campaign where they are not made alike."""
    return _by_campaign([(c.letter, c.sampling.intervals) for c in contest.contenders])


def difference_intervals(compared: Compared) -> str:
    """How the intervals of differences are made, by campaign where they are not made alike."""
    groups = compared.differences.groupby(["campaign", "interval"], sort=False)
    return _by_campaign([(str(letter), str(name).partition(",")[0]) for (letter, name), _ in groups])


def _by_campaign(pairs: list[tuple[str, str]]) -> str:
    made_so: dict[str, list[str]] = {}
    for letter, name in pairs:
        made_so.setdefault(name, []).append(letter)
    if len(made_so) == 1:
        return next(iter(made_so))
    return "; ".join(f"{', '.join(letters)}: {name}" for name, letters in made_so.items())


def share_cell(row: Row) -> Cell:
    """A campaign's share; nothing where there are no injections."""
    return Missing() if math.isnan(row["share"]) else share_of(row)


def difference_of(row: Row | None) -> Cell:
    """A difference from A, marked where it is significant."""
    if row is None:
        return Missing()
    return Difference(row["difference"], row["low"], row["high"], row["p_holm"] < LEVEL)


def _p_value(row: Row | None) -> Cell:
    if row is None or math.isnan(row["p_holm"]):
        return Missing()
    return PValue(row["p_holm"], row["p_holm"] < LEVEL)


def _values(compared: Compared, part: Part) -> list[str]:
    if part is Part.KERNEL:
        return list(compared.contest.kernels)
    return [str(k) for k in range(len(compared.contest.layers or ()))]


def rows_of(
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
