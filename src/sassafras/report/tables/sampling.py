"""Tables about how injections were chosen: strata, and what a sequential stop reached."""

from __future__ import annotations

from sassafras.analysis.intervals import interval
from sassafras.analysis.results import Results
from sassafras.analysis.stratified import COLUMN
from sassafras.campaign.design.lanes import Standing
from sassafras.faults.model import Mode
from sassafras.report.cells import HalfWidth, Missing, Percent
from sassafras.report.numbers import percent
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.campaign import OUTCOMES, shares
from sassafras.report.tables.registry import CAMPAIGN


@CAMPAIGN.at(60)
def exact_masking(results: Results) -> list[Table]:
    """Register-file outcomes as sampled, and with the provably masked share counted; none where not known."""
    exact = results.exact_masking()
    if exact is None:
        return []
    weights = results.sampling.weights
    share = float(weights.loc[weights["mode"] == Mode.RF.value, "dead"].sum())
    struck = results.injected(Mode.RF) - len(results.sampling.dead)
    caption = (
        f"{percent(share)} % of the (site, register) pairs are provably masked: the register is dead there, "
        f"by the static control flow. Where they are counted, only the other {percent(1 - share)} % are "
        f"estimated, from {struck} injections. Percent, 95 % intervals"
    )
    plain = results.outcomes()
    rows = [
        ["sampled", results.injected(Mode.RF), *shares(plain[plain["mode"] == Mode.RF.value])],
        ["counted", struck, *shares(exact[exact["part"] == "mode"])],
    ]
    return [made("masking_counted", "Masking counted exactly", caption, ("RF", "n", *OUTCOMES), [rows])]


@CAMPAIGN.at(40)
def lanes(results: Results) -> list[Table]:
    """What fell into each stratum, and whether a sequential stop reached its goal; none for a plain campaign:
    uniform, of a number fixed beforehand.
    """
    sampling = results.sampling
    stratified, goal = sampling.stratify is not None, sampling.until
    if not stratified and goal is None:
        return []
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
    columns = ["mode", *([str(sampling.stratify), "weight", "uniform"] if stratified else []), "injections"]
    columns += ["half-width", "goal"] if goal is not None else []
    rows = [_lane(results, standing) for standing in sampling.standings]
    title = "Strata" if stratified else "Sequential stop"
    return [made("strata", title, "; ".join(said), columns, [rows], left=2 if stratified else 1)]


def goal(results: Results) -> list[Table]:
    """Whether a campaign that stops at a goal has reached it; none without a goal."""
    return [] if results.sampling.until is None else lanes(results)


def _lane(results: Results, standing: Standing) -> list[Given]:
    sampling, lane = results.sampling, standing.lane
    row: list[Given] = [lane.mode.value]
    if sampling.stratify is not None:
        weight = _weight(results, lane.mode, lane.label)
        row += [lane.label, Percent(weight), round(weight * results.planned[lane.mode])]
    row.append(standing.asked)
    if sampling.until is not None:
        known = standing.half_width
        row.append(Missing() if known is None else HalfWidth(known))
        row.append("reached" if standing.reached else f"not within {lane.cap}")
    return row


def _weight(results: Results, mode: Mode, label: str) -> float:
    """Share of a stratum in the mode's sites."""
    weights, stratify = results.sampling.weights, results.sampling.stratify
    assert stratify is not None
    mine = (weights["mode"] == mode.value) & (weights[COLUMN[stratify]].astype(str) == label)
    return float(weights.loc[mine, "weight"].sum())


@CAMPAIGN.at(50)
def beside_uniform(results: Results) -> list[Table]:
    """How well shares are known, beside uniform injections; none without strata."""
    if results.sampling.stratify is None:
        return []
    caption = (
        "half-widths in percent points: of the weighted estimate over all strata (weighted), and of the "
        "Clopper-Pearson interval that as many uniform injections with the same share would have (uniform)"
    )
    found = results.outcomes()
    groups = []
    for mode in results.modes:
        n = results.injected(mode)
        rows = found[found["mode"] == mode.value].to_dict("records")
        ends = [interval(round(row["share"] * n) if n else 0, n) for row in rows]
        weighted = [HalfWidth((row["high"] - row["low"]) / 2) for row in rows]
        uniform = [HalfWidth((float(high) - float(low)) / 2) for low, high in ends]
        groups.append([[mode.value, "weighted", n, *weighted], [mode.value, "uniform", n, *uniform]])
    columns = ("mode", "sample", "n", *OUTCOMES)
    return [made("beside_uniform", "Weighted beside uniform", caption, columns, groups, left=2)]
