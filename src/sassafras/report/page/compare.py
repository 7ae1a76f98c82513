"""A comparison as a page: the answer, then what the terminal prints, with the figures."""

from __future__ import annotations

from sassafras.analysis.compare import LEVEL, Compared, Part
from sassafras.analysis.contenders import Contender, shared_vocabulary
from sassafras.analysis.events import Event
from sassafras.faults.model import Mode
from sassafras.report.cells import Share
from sassafras.report.compare_lines import findings, notes
from sassafras.report.figures.comparison import comparison
from sassafras.report.page.filled import filled
from sassafras.report.page.wording import MODE_NAMES, Point, listed
from sassafras.report.tables.compare import difference_of, intervals, rows_of, share_cell
from sassafras.report.tables.registry import COMPARE


def compare_page(compared: Compared) -> str:
    """The page: one file that needs nothing else. The same comparison gives the same bytes."""
    page = filled(
        "compare.html.j2",
        ("figures.js",),
        letters=listed([contender.letter for contender in compared.contest.contenders[1:]]),
        leads=[_lead(compared, contender) for contender in compared.contest.contenders[1:]],
        findings=findings(compared),
        notes=notes(compared),
        points=[_point(compared, mode) for mode in compared.contest.modes],
        tables={make.__name__: make(compared) for make in COMPARE},
        figures={figure.name: figure for figure in comparison(compared)},
        critical=compared.critical,
        intervals=intervals(compared.contest),
        for_these="for the frames of each campaign",
    )
    return shared_vocabulary(compared.contest.contenders).said_on_page(page)


def _lead(compared: Compared, contender: Contender) -> str:
    """Whether a campaign has other critical faults than the first."""
    letter, told = contender.letter, []
    changes: dict[str, list[str]] = {"fewer": [], "more": []}
    for mode in compared.contest.modes:
        found = rows_of(compared, Part.MODE, mode, mode.value, Event.CRITICAL)
        before, (now, change) = found[0][0], next(two for two in found if two[0]["campaign"] == letter)
        told.append(f"{share_cell(before).parts[0]} → {share_cell(now).parts[0]} % ({mode.value})")
        if change is not None and change["p_holm"] < LEVEL:
            changes["fewer" if change["difference"] < 0 else "more"].append(mode.value)
    beyond = [f"{how} in {listed(modes)}" for how, modes in changes.items() if modes]
    verdict = f"{letter} has {listed(beyond)}, beyond chance" if beyond else "no difference is beyond chance"
    return f"Critical faults, from A to {letter}: {listed(told)}: {verdict}."


def _point(compared: Compared, mode: Mode) -> Point:
    """The critical faults of a mode in every campaign."""
    told = []
    for row, difference in rows_of(compared, Part.MODE, mode, mode.value, Event.CRITICAL):
        change = "" if difference is None else f": {difference_of(difference).plain} points"
        share = share_cell(row)
        told.append(f"{row['campaign']} {share.said if isinstance(share, Share) else share.text}{change}")
    return Point(f"Critical, faults in the {MODE_NAMES[mode]} ({mode.value})", "; ".join(told))
