"""Tables about kernels: what they are, and how much of the inference they are; and the small tables of plans,
status and self-check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sassafras.analysis.sample_size import Aim, Way
from sassafras.campaign.status import Status
from sassafras.errors import SassafrasError
from sassafras.faults.model import Mode
from sassafras.kernels.programs import load_program
from sassafras.kernels.registry import KERNELS
from sassafras.report.cells import Missing, Path, Percent, Text
from sassafras.report.numbers import NOT_STRUCK, percent
from sassafras.report.page.material import Material
from sassafras.report.table import Given, Table, made
from sassafras.report.tables.registry import PAGE
from sassafras.verify.check import SelfCheck


@dataclass(frozen=True)
class KernelFacts:
    """A kernel in figures: registers per thread and static instructions (None: not bundled), launches per
    inference; ``injections``: per mode of a campaign; None where it left the kernel out.
    """

    name: str
    registers: int | None
    instructions: int | None
    launches: int
    injections: tuple[int, ...] | None = None


@dataclass(frozen=True)
class KernelShare:
    """A kernel's part of a campaign, over all its frames: launches, threads, dynamic thread-instructions and
    share of each mode's sites.
    """

    name: str
    launches: int
    threads: int
    instructions: int
    shares: Mapping[Mode, float]


def kernels(facts: Sequence[KernelFacts], title: str, caption: str, modes: Sequence[Mode] = ()) -> Table:
    """The list of kernels (the paper's Table 1); with the injections into each where ``modes`` are given.
    Layer and task are left out where none has any.
    """
    roles = ("layer", "task") if any(any(_role(fact.name)) for fact in facts) else ()
    columns = ("kernel", *roles, "registers", "instructions", "launches")
    rows = [
        [
            fact.name,
            *map(Text, _role(fact.name) if roles else ()),
            fact.registers,
            fact.instructions,
            fact.launches,
            *(fact.injections or [Missing(reason=NOT_STRUCK)] * len(modes)),
        ]
        for fact in facts
    ]
    return made("table1", title, caption, (*columns, *(f"{mode.value} faults" for mode in modes)), [rows])


@PAGE.at(20)
def table1(material: Material) -> list[Table]:
    """Every kernel of the inference, those of the campaign first, with the faults injected into it."""
    results = material.results
    others = [kernel for kernel in material.launches if kernel not in results.kernels]
    facts = [_facts(material, kernel) for kernel in (*results.kernels, *others)]
    title = f"Kernels of an inference of {results.network}"
    caption = "and the faults injected into them (the paper's Table 1)"
    return [kernels(facts, title, caption, results.modes)]


def _facts(material: Material, kernel: str) -> KernelFacts:
    results = material.results
    try:
        program = load_program(kernel, results.arch)
    except SassafrasError:
        program = None
    rows = results.injections[results.injections["kernel"] == kernel]
    counts = tuple(int((rows["mode"] == mode.value).sum()) for mode in results.modes)
    return KernelFacts(
        kernel,
        None if program is None else program.register_count,
        None if program is None else len(program.instructions),
        material.launches.get(kernel, 0),
        counts if kernel in results.kernels else None,
    )


def _role(kernel: str) -> tuple[str, str]:
    """Layer of the network and task, "" each where nobody says."""
    known = KERNELS.get(kernel)
    return ("", "") if known is None or known.role is None else (known.role.layer, known.role.task)


def profile(rows: Sequence[KernelShare], frames: int, modes: Sequence[Mode]) -> Table:
    """The profile of a campaign: where its faults will fall."""
    caption = f"over {frames} frame{'s' * (frames != 1)}; share: percent of the sites that a mode may strike"
    each = [[r.name, r.launches, r.threads, r.instructions, *_sites(r.shares, modes)] for r in rows]
    counts = [sum(getattr(row, name) for row in rows) for name in ("launches", "threads", "instructions")]
    shares = {mode: sum(row.shares[mode] for row in rows) for mode in modes}
    total = ["total", *counts, *_sites(shares, modes)]
    columns = ("kernel", "launches", "threads", "instructions", *(f"{mode.value} share" for mode in modes))
    return made("profile", "Golden profile", caption, columns, [each, [total]])


def _sites(shares: Mapping[Mode, float], modes: Sequence[Mode]) -> list[Given]:
    return [Percent(shares[mode], 2) for mode in modes]


def needs(table: pd.DataFrame, aim: Aim, kinds: Mapping[str, str]) -> Table:
    """Uniform injections of each mode until a part of it is known well enough (`sample_size.needs`).

    ``kinds``: kind of each layer, by its index as text.
    """
    caption = (
        f"share: percent of the mode's sites; N: uniform injections of the mode until {aim.injections:,} are "
        f"expected there: enough for ±{percent(aim.half_width)} % at {_expected(aim)}, "
        f"{aim.confidence * 100:g} % Clopper-Pearson"
    )
    modes = list(table["mode"].unique())
    groups = []
    for part in ("mode", "kernel", "layer"):
        own = table[table["part"] == part]
        names = [None] if part == "mode" else list(own["name"].drop_duplicates())
        rows = []
        for name in names:
            layer = f"layer {name} {kinds.get(str(name), '')}".rstrip()
            label = "whole mode" if name is None else layer if part == "layer" else str(name)
            rows.append([label, *_needed(own if name is None else own[own["name"] == name], modes)])
        groups.append(rows)
    columns = ("part", *(heading for mode in modes for heading in (f"{mode} share", f"{mode} N")))
    return made("needed", "Injections needed", caption, columns, groups)


def _expected(aim: Aim) -> str:
    share = f"a share of {aim.expected * 100:g} %"
    return f"{share} (the worst case)" if aim.expected == 0.5 else share


def _needed(rows: pd.DataFrame, modes: Sequence[str]) -> list[Given]:
    by_mode = {row["mode"]: row for row in rows.to_dict("records")}
    cells: list[Given] = []
    for mode in modes:
        row = by_mode.get(mode)
        cells += [None, None] if row is None else [Percent(row["weight"]), row["uniform"]]
    return cells


def ways(found: Sequence[Way], rate: float, said: str, duration: Callable[[float], str]) -> Table:
    """What each kind of campaign takes. ``rate``: injections per second; ``said``: where that comes from."""
    caption = f"time at {rate:,.1f} injections per second: {said}"
    rows = [
        [
            Text(way.what),
            Text(way.options),
            f"{'≤ ' * way.at_most}{way.injections:,}",
            f"{'≤ ' * way.at_most}{duration(way.injections / rate)}",
        ]
        for way in found
    ]
    columns = ("to know", "sassafras run ...", "injections", "time")
    return made("ways", "Ways to get there", caption, columns, [rows], left=2)


def status(found: Status) -> Table:
    """A row per mode: planned = injected + errors + missing."""
    rows = [[m.mode.value, m.planned, m.injected, m.errors, m.missing] for m in found.modes]
    return made("status", "", "", ("mode", "planned", "injected", "errors", "missing"), [rows])


def checks(found: SelfCheck) -> Table:
    """A row per check of the self-check."""
    rows = [["pass" if one.passed else "FAIL", one.name, Path(one.detail)] for one in found.checks]
    return made("checks", "", "", ("", "check", "found"), [rows], left=2)
