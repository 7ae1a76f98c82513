"""Tables of a study of hardening, made of the numbers in ``harden.json``: terminal, page and papers show the
same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sassafras.analysis.critical import Criticality
from sassafras.hardening.plan import protect
from sassafras.hardening.residual import ENDINGS
from sassafras.kernels.hardened.registry import NETWORK
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.registry import KERNELS
from sassafras.report.cells import Milliseconds, Missing, Number, Overhead, Percent, Text, stored_share
from sassafras.report.numbers import NONE_SEEN
from sassafras.report.table import Given, Table, made
from sassafras.report.tables import failures as by_exposure
from sassafras.report.tables.registry import HARDEN

Numbers = Mapping[str, Any]  #: of ``harden.json``, or a part of it

#: The paper's Table 2 is without (we infer a closed library).
LARGE = next(k.name for k in KERNELS.values() if k.role is not None and k.role.library)
MOST = 15  #: plans of the front that are listed
PLANS = ("overhead", "weighted", "critical", "DUE", "detected", "protection")
PREDICTED = (
    "in percent of the unhardened program's faults, exposure counted; in brackets the band of the model"
)


def criticality(numbers: Numbers) -> Criticality:
    """What was critical when it was studied."""
    return Criticality(float(numbers.get("tolerance", 0.0)))


def protection_words(chosen: Mapping[str, str]) -> str:
    """A protection with room to be broken in: "im2col_gpu=tmr, add_bias=dmr"."""
    return str(protect({slot: Technique(name) for slot, name in chosen.items()})).replace(",", ", ")


@HARDEN.at(50)
def failures(numbers: Numbers) -> list[Table]:
    """Failures before and after, by exposure."""
    return by_exposure.failures(numbers["failures"], criticality(numbers))


@HARDEN.at(60)
def before_after(numbers: Numbers) -> list[Table]:
    """How injections end, before and in the hardened program's own population."""
    groups = [
        [
            [
                mode,
                program,
                found["injections"],
                *(stored_share(found[name]) for name in ("critical", *ENDINGS)),
            ]
            for program, found in (("unhardened", before), ("hardened", numbers["fresh"][mode]))
        ]
        for mode, before in numbers["before"].items()
    ]
    labels = [name if name == "DUE" else name.replace("_", "-").title() for name in ENDINGS]
    critical = criticality(numbers)
    title = f"Before and after: {protection_words(numbers['protection'])}{critical.suffix}"
    caption = (
        "percent of the mode's injections into each program's own population, 95 % Clopper-Pearson "
        f"intervals; {NONE_SEEN}"
    )
    columns = ("mode", "program", "n", "critical", *labels)
    return [made("before_after", title, caption, columns, groups, left=2)]


@HARDEN.at(70)
def replay(numbers: Numbers) -> list[Table]:
    """The same faults in both programs, with McNemar's exact test."""
    found = numbers["replay"]
    groups = [
        [
            [
                label,
                mode,
                *(pair[name] for name in ("pairs", "critical_before", "critical_after")),
                None if pair["reduction"] is None else Percent(pair["reduction"], 1),
                found["corrected_by_voters"][mode],
                Number(pair["p_value"], 2),
            ]
            for mode, pair in pairs.items()
        ]
        for label, pairs in (("protected", found["protected_kernels"]), ("all", found["all_kernels"]))
    ]
    caption = (
        f"{len(found['no_counterpart']):,} faults have no counterpart in the hardened program; reduction: "
        "percent; voters: silent corruptions of any severity that voters corrected, which raises no flag; p: "
        "McNemar's exact test"
    )
    title = f"The same faults replayed: how many were critical{criticality(numbers).suffix}"
    columns = ("kernels", "mode", "pairs", "before", "after", "reduction", "voters", "p")
    return [made("replay", title, caption, columns, groups, left=2)]


@HARDEN.at(80)
def survivors(numbers: Numbers) -> list[Table]:
    """Why faults survived their kernel's protection, counted; none where none did."""
    found = Counter((s["kernel"], s["view"], s["mode"], s["reason"]) for s in numbers["survivors"])
    if not found:
        return []
    rows = [[*map(str, key), n] for key, n in sorted(found.items())]
    columns = ("kernel", "view", "mode", "reason", "n")
    title, caption = (
        "Faults that survived protection, and why",
        "each of them with its instruction: harden.json",
    )
    return [made("survivors", title, caption, columns, [rows], left=4)]


@HARDEN.at(20)
def table2(numbers: Numbers) -> list[Table]:
    """The paper's Table 2 for this run, modelled; and as measured, where a GPU was asked."""
    columns = numbers["table2"]["columns"]
    shs = f"; SHS: {protection_words(columns['shs']['protection'])}" if "shs" in columns else ""
    caption = (
        f"modelled milliseconds of one inference on the {numbers['table2']['device']}, in brackets million "
        f"dynamic thread-instructions, counted; with overheads the band of the model's constants{shs}"
    )
    found = [_overheads("table2", "Table 2: overhead", caption, numbers, columns)]
    if "measured_on" in numbers["table2"]:
        measured = {name: column["measured"] for name, column in columns.items()}
        caption = _measured_caption(numbers["table2"]["measured_on"], measured.values())
        found.append(_overheads("table2_measured", "Table 2 as measured", caption, numbers, measured))
    return found


def _measured_caption(where: Numbers, columns: Iterable[Numbers]) -> str:
    kernels = [kernel for column in columns for kernel in column["kernels"].values()]
    compared = sum(kernel["compared_words"] for kernel in kernels)
    differing = sum(kernel["differing_words"] for kernel in kernels)
    return (
        f"milliseconds of one inference on {where['device']} ({where['arch']}), median of {where['runs']:,} "
        f"inferences; {differing:,} of {compared:,} words of its results differ from the emulated ones"
    )


def _overheads(
    name: str, title: str, caption: str, numbers: Numbers, columns: Mapping[str, Numbers]
) -> Table:
    """The whole is not always the sum: a GPU runs it in one go."""
    calls = {k: cost["invocations"] for k, cost in _plain(numbers)["kernels"].items()}
    each = [[k, n, *(_cost(column["kernels"][k]) for column in columns.values())] for k, n in calls.items()]
    added = [_added(numbers, column) for column in columns.values()]
    if name == "table2" and any(added):
        each.append([NETWORK, 1, *(Missing() if cost is None else _cost(cost) for cost in added)])
    whole = [
        ["whole model", sum(calls.values()), *(_cost(column["whole_model"]) for column in columns.values())],
        [
            "overhead",
            None,
            *(overhead(column) for column in columns.values()),
        ],
    ]
    small = [kernel for kernel in calls if kernel != LARGE]
    groups = [each, whole]
    if 0 < len(small) < len(calls):
        without = [
            _total([*(column["kernels"][kernel] for kernel in small), *([cost] if cost else [])])
            for column, cost in zip(columns.values(), added, strict=True)
        ]
        shares = [part["seconds"] / without[0]["seconds"] - 1 for part in without]
        band = f"overhead_without_{LARGE}"
        overheads = [overhead(c, band, s) for c, s in zip(columns.values(), shares, strict=True)]
        count = sum(calls[kernel] for kernel in small)
        groups.append([[f"without {LARGE}", count, *map(_cost, without)], ["overhead", None, *overheads]])
    heads = [word if word in ("unhardened", "chosen") else word.upper() for word in columns]
    return made(name, title, caption, ("kernel", "invocations", *heads), groups)


def _plain(numbers: Numbers) -> Numbers:
    plain: Numbers = numbers["table2"]["columns"]["unhardened"]
    return plain


def _added(numbers: Numbers, column: Numbers) -> Numbers | None:
    """What a protection adds for the whole network."""
    technique = column.get("protection", {}).get(NETWORK)
    found: Numbers | None = numbers["table2"]["techniques"].get(f"{NETWORK}={technique}")
    return found


def _total(costs: Sequence[Numbers]) -> Numbers:
    names = [name for name in ("seconds", "instructions") if name in costs[0]]
    return {name: sum(cost[name] for cost in costs) for name in names}


def _cost(found: Numbers) -> Milliseconds:
    return Milliseconds(found["seconds"], found.get("instructions"))


def overhead(found: Numbers, name: str = "overhead", value: float | None = None) -> Overhead:
    """With its band, where it is modelled; ``value``: where it is not among the numbers."""
    known = found[name] if value is None or name in found else value
    return Overhead(known, found.get(f"{name}_low"), found.get(f"{name}_high"))


@HARDEN.at(30)
def front(numbers: Numbers) -> list[Table]:
    """The Pareto front, thinned where it is long."""
    every = numbers["pareto"]
    step = -(-len(every) // MOST)
    shown = [plan for k, plan in enumerate(every) if k % step == 0 or k == len(every) - 1]
    rows = [[str(k), *_plan(plan)] for k, plan in enumerate(shown, 1)]
    caption = f"predicted; {PREDICTED}; {len(shown)} of {len(every)} plans of the front shown"
    title = f"Pareto front of {numbers['plans']:,} plans"
    return [made("front", title, caption, ("", *PLANS), [rows])]


@HARDEN.at(40)
def points(numbers: Numbers) -> list[Table]:
    """The named points of the front, beside them SHS and the chosen plan as predicted."""
    planner = numbers["planner"]
    named = [(point["name"], point) for point in planner["points"]]
    named += [
        (word, planner[key]) for word, key in (("SHS", "shs"), ("chosen", "chosen")) if planner.get(key)
    ]
    rows = [[name, *_plan(plan)] for name, plan in named]
    caption = (
        "predicted; target: the cheapest plan of the front that leaves at most so much critical; budget: the "
        "best of at most so much overhead; knee: the farthest below the line from the front's first plan to "
        f"its last; {PREDICTED}"
    )
    return [made("points", "Named plans", caption, ("plan", *PLANS), [rows])]


def _plan(plan: Numbers) -> list[Given]:
    shares = (Percent(plan[key], 2) for key in ("failures", "critical", "due", "detected"))
    chosen = Text(protection_words(plan["protection"]))
    return [overhead(plan), *shares, chosen]
