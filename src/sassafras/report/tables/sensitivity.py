"""How much a verdict depends on the fault model, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterator

from sassafras.analysis.events import Event
from sassafras.analysis.sensitivity import ModelShare, Sensitivity, Verdict
from sassafras.hardening.ranking import share
from sassafras.report.cells import Cell, Difference, Missing, Number, PValue, Text, sampled
from sassafras.report.table import Table, made

LEVEL = 0.05


def sensitivity_tables(found: Sensitivity) -> list[Table]:
    """The shared sites, shares by model, and kernels by model."""
    return [_sites(found), *_shares(found), _kernels(found)]


def _sites(found: Sensitivity) -> Table:
    rows = [
        [
            [one.mode.value, str(model), one.shared, count, Number(100 * one.shared / count, 3)]
            for model, count in one.own
        ]
        for one in found.sites
    ]
    caption = (
        "sites where every model may strike the same parts of the instruction (of memory: all); "
        f"{found.left_out} injections elsewhere are left out"
    )
    columns = ("mode", "model", "shared sites", "its sites", "percent of them")
    return made("shared_sites", "Sites that all models have", caption, columns, rows, left=2)


def _shares(found: Sensitivity) -> list[Table]:
    """A table for each mode."""
    caption = (
        "percent of the model's injections on shared sites, 95 % intervals; difference: from "
        f"{found.models[0]}, with Newcombe's interval; p: Fisher's test, Holm's correction over the mode; "
        "*: below 0.05"
    )
    tables = []
    for mode in dict.fromkeys(verdict.mode for verdict in found.verdicts):
        groups = [[_row(v, one) for one in v.shares] for v in found.verdicts if v.mode is mode]
        title = f"Outcomes by fault model on shared sites, mode {mode}"
        columns = ("outcome", "model", "share", "difference", "p")
        tables.append(made(f"by_model_shared_{mode}", title, caption, columns, groups, left=2))
    return tables


def _row(verdict: Verdict, one: ModelShare) -> list[object]:
    difference: Cell = Missing()
    p_value: Cell = Missing()
    if one.p_holm is not None and one.difference is not None:
        marked = one.p_holm < LEVEL
        difference = Difference(one.difference, one.low or 0.0, one.high or 0.0, marked)
        p_value = PValue(one.p_holm, marked)
    return [_name(verdict), str(one.model), sampled(share(one.n, one.total)), difference, p_value]


def _name(verdict: Verdict) -> str:
    return "paper's Malfunction" if verdict.event is Event.PAPER_MALFUNCTION else verdict.event.label


def _kernels(found: Sensitivity) -> Table:
    rows = [
        [
            one.mode.value,
            str(one.model),
            Text(", ".join(one.kernels) or "no critical fault"),
            Missing() if one.tau is None else Number(one.tau, 2),
        ]
        for one in found.rankings
    ]
    caption = (
        "worst first, by critical faults on shared sites; tau: Kendall's rank correlation of their numbers "
        f"with those of {found.models[0]}"
    )
    columns = ("mode", "model", "kernels", "tau")
    return made("kernels_by_model", "Kernels by fault model", caption, columns, [rows], left=2)


def sensitivity_lines(found: Sensitivity) -> Iterator[str]:
    """What depends on the model, in a sentence for each mode and event."""
    for verdict in found.verdicts:
        least, most = verdict.low, verdict.high
        name = f"mode {verdict.mode}, {_name(verdict)}"
        if not verdict.depends:
            yield f"{name}: no model differs from {found.models[0]} (at 5 %, corrected)"
            continue
        ends = f"{_percent(least)} ({least.model}) to {_percent(most)} ({most.model})"
        factor = "" if verdict.factor is None else f", a factor of {verdict.factor:.3g}"
        yield f"{name} depends on the model: {ends}{factor}"


def _percent(one: ModelShare) -> str:
    return f"{sampled(share(one.n, one.total)).alone}"
