"""What ``sassafras compare`` found, in words."""

from __future__ import annotations

from dataclasses import dataclass

from sassafras.analysis.compare import LEVEL, Compared, Part
from sassafras.analysis.differences import INTERVALS, Test
from sassafras.analysis.events import Event
from sassafras.report.cells import Difference
from sassafras.report.tables.compare import Row

#: How differences of estimates were made: said below the tables where it was so.
METHODS = {
    Test.MOVER: "differences of weighted shares: MOVER from the intervals of both (Zou and Donner 2008); "
    "p: the smallest level at which that leaves out 0, 1 above 0.05",
    Test.UNION_BOUND: "differences with an anytime-valid share: from the 97.5 % intervals of both (union "
    "bound, valid whenever one stops); p: the smallest level at which that leaves out 0, 1 above 0.05",
}


@dataclass(frozen=True)
class Finding:
    """What was found, and each place of which that is true."""

    text: str
    places: tuple[str, ...]


def closing_lines(compared: Compared) -> list[str]:
    """What was found, in words."""
    lines = [f"note: {note}" for note in notes(compared)]
    for found in findings(compared):
        lines += [f"{found.text}{':' if found.places else ''}", *(f"  {place}" for place in found.places)]
    return lines


def notes(compared: Compared) -> list[str]:
    """What must be known of the comparison."""
    told = list(compared.contest.notes)
    if compared.paired_with_first:
        letters = ", ".join(compared.paired_with_first)
        told.append(f"A and {letters} hold the same faults: compared fault by fault (McNemar)")
    made = set(compared.differences["interval"])
    told += [text for test, text in METHODS.items() if INTERVALS[test] in made]
    contenders = compared.contest.contenders
    if len(contenders) > 2 and not all(c.sampling.is_plain for c in contenders):
        told.append("no test of all campaigns together: not all are plain samples")
    return told


def findings(compared: Compared) -> list[Finding]:
    """Differences from the first campaign, and of more than two whether any differs."""
    tests = int(compared.differences["p_value"].notna().sum())
    found = compared.significant().to_dict("records")
    told = [
        Finding(
            f"{len(found)} of {tests} differences from A are significant ({LEVEL * 100:.0f} % for each of "
            f"{_families(compared)}, after Holm's correction)",
            tuple(map(_sentence, found)),
        )
    ]
    if len(compared.overall):
        unequal = compared.overall[compared.overall["p_holm"] < LEVEL].to_dict("records")
        told.append(
            Finding(
                f"not the same in all {len(compared.contest.contenders)} campaigns: "
                f"{len(unequal)} of {len(compared.overall)} shares",
                tuple(f"{_place(row)}: p = {row['p_holm']:.2g} ({row['test']})" for row in unequal),
            )
        )
    return told


def _sentence(row: Row) -> str:
    before, after = (row[f"share{side}"] * 100 for side in ("_reference", ""))
    change, ends = Difference(row["difference"], row["low"], row["high"]).parts
    return (
        f"{row['campaign']}: {_place(row)}: {before:.1f} → {after:.1f} % "
        f"({change}; {ends}), p = {row['p_holm']:.2g}"
    )


def _place(row: Row) -> str:
    where = "" if row["part"] == Part.MODE.value else f" {row['part']} {row['value']}"
    return f"{row['mode']}{where} {Event(row['event']).label}"


def _families(compared: Compared) -> str:
    counts = compared.differences.dropna(subset=["p_value"]).groupby("part", sort=False).size()
    return ", ".join(f"{n} by {part}" for part, n in counts.items()) or "no tests"
