"""Tables about how injections were chosen: strata, and what a sequential stop reached."""

from __future__ import annotations

from rich.table import Table

from sassafras.analysis.intervals import interval
from sassafras.analysis.results import Results
from sassafras.analysis.stratified import COLUMN
from sassafras.campaign.design.lanes import Standing
from sassafras.faults.model import Mode
from sassafras.report.cells import add_outcome_columns, share_cells
from sassafras.report.frames import plain_table
from sassafras.report.numbers import NOTHING, percent


def sampling_tables(results: Results) -> list[Table]:
    """None for a plain campaign: of a number fixed beforehand, uniform."""
    sampling = results.sampling
    found = []
    if sampling.stratify is not None or sampling.until is not None:
        found.append(_lanes_table(results))
    if sampling.stratify is not None:
        found.append(_beside_uniform_table(results))
    return found


def goal_table(results: Results) -> Table | None:
    """Whether a campaign that stops at a goal has reached it; None without a goal."""
    return None if results.sampling.until is None else _lanes_table(results)


def exact_masking_table(results: Results, *, wide: bool = True) -> Table | None:
    """Register-file outcomes as sampled, and with the provably masked share counted; None where not known."""
    exact = results.exact_masking()
    if exact is None:
        return None
    weights = results.sampling.weights
    share = float(weights.loc[weights["mode"] == Mode.RF.value, "dead"].sum())
    struck = results.injected(Mode.RF) - len(results.sampling.dead)
    caption = (
        f"{percent(share)} % of the (site, register) pairs are provably masked: the register is dead there, "
        f"by the static control flow. Where they are counted, only the other {percent(1 - share)} % are "
        f"estimated, from {struck} injections. Percent, 95 % intervals"
    )
    table = plain_table("Masking counted exactly", caption, ["RF"], wide=wide)
    add_outcome_columns(table, wide=wide)
    plain = results.outcomes()
    for name, rows in (
        ("sampled", plain[plain["mode"] == Mode.RF.value]),
        ("counted", exact[exact["part"] == "mode"]),
    ):
        table.add_row(name, *share_cells(rows, wide=wide))
    return table


def _lanes_table(results: Results) -> Table:
    sampling = results.sampling
    stratified, goal = sampling.stratify is not None, sampling.until
    said = []
    if stratified:
        said.append(
            "weight: percent of the mode's sites; uniform: injections that would fall here without strata"
        )
    if goal is not None:
        said.append(
            f"goal: every outcome's share known to ±{percent(goal)} %, looked at after fixed numbers of "
            "injections; intervals are anytime-valid: they hold whenever it stops (those of AVF and FIT do "
            "not)"
        )
    headings = ["mode", "injections"]
    if stratified:
        headings[1:1] = [str(sampling.stratify), "weight", "uniform"]
    if goal is not None:
        headings += ["half-width", "goal"]
    title = "Sequential stop" if not stratified else "Strata"
    table = plain_table(title, "; ".join(said), headings, left=2 if stratified else 1)
    for standing in sampling.standings:
        table.add_row(*_lane_row(results, standing))
    return table


def _lane_row(results: Results, standing: Standing) -> list[str]:
    sampling, lane = results.sampling, standing.lane
    row = [lane.mode.value, str(standing.asked)]
    if sampling.stratify is not None:
        weight = _weight(results, lane.mode, lane.label)
        row[1:1] = [lane.label, percent(weight), f"{weight * results.planned[lane.mode]:.0f}"]
    if sampling.until is not None:
        known = standing.half_width
        row += [NOTHING if known is None else f"±{percent(known)} %"]
        row += ["reached" if standing.reached else f"not within {lane.cap}"]
    return row


def _weight(results: Results, mode: Mode, label: str) -> float:
    """Share of a stratum in the mode's sites."""
    weights, stratify = results.sampling.weights, results.sampling.stratify
    assert stratify is not None
    mine = (weights["mode"] == mode.value) & (weights[COLUMN[stratify]].astype(str) == label)
    return float(weights.loc[mine, "weight"].sum())


def _beside_uniform_table(results: Results) -> Table:
    caption = (
        "half-widths in percent points: of the weighted estimate over all strata / of the Clopper-Pearson "
        "interval that as many uniform injections with the same share would have"
    )
    table = plain_table("Weighted beside uniform", caption, ["mode"], wide=False)
    add_outcome_columns(table, wide=False)
    outcomes = results.outcomes()
    for mode in results.modes:
        n = results.injected(mode)
        cells = []
        for row in outcomes[outcomes["mode"] == mode.value].to_dict("records"):
            low, high = interval(round(row["share"] * n) if n else 0, n)
            cells.append(f"{(row['high'] - row['low']) * 50:.1f} / {(float(high) - float(low)) * 50:.1f}")
        table.add_row(mode.value, *cells)
    return table
