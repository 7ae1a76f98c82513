"""Table 2 of this run: what each program costs, modelled, and measured where a GPU was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sassafras.report.harden_overhead import LARGE
from sassafras.report.page.hardened import Hardening, banded, plan_of, signed_percent
from sassafras.report.page.tables import Row, Table

Columns = Mapping[str, Mapping[str, Any]]  #: of ``harden.json``: programs by name


def table2(hardening: Hardening) -> Table:
    """The paper's Table 2 for this run: modelled milliseconds per kernel and of the whole."""
    columns = hardening.numbers["table2"]["columns"]
    caption = (
        f"Table 2 of this run: milliseconds of one inference on the {hardening.numbers['table2']['device']}, "
        "modelled (not measured), from counted instructions"
    )
    return _table("table2", caption, columns, lambda column: column)


def measured_table2(hardening: Hardening) -> Table | None:
    """The same as a GPU took; None where none was asked."""
    numbers = hardening.numbers["table2"]
    if "measured_on" not in numbers:
        return None
    where, columns = numbers["measured_on"], numbers["columns"]
    kernels = [kernel for column in columns.values() for kernel in column["measured"]["kernels"].values()]
    compared = sum(kernel["compared_words"] for kernel in kernels)
    differing = sum(kernel["differing_words"] for kernel in kernels)
    gpu = f"{where['device']} ({where['arch']}), median of {where['runs']:,} runs"
    words = f"{differing:,} of {compared:,} words of its results differ from the emulated ones"
    caption = f"Table 2 as measured: milliseconds of one inference on {gpu}; {words}"
    return _table("table2_measured", caption, columns, lambda column: column["measured"])


def _table(
    name: str, caption: str, columns: Columns, part: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Table:
    """``part``: of a column, what holds its seconds. The whole is not always the sum: a GPU runs it in one
    go.
    """
    times = [part(column) for column in columns.values()]
    calls = {kernel: cost["invocations"] for kernel, cost in columns["unhardened"]["kernels"].items()}
    rows = [
        _row(kernel, str(n), [time["kernels"][kernel]["seconds"] for time in times])
        for kernel, n in calls.items()
    ]
    whole = [time["whole_model"]["seconds"] for time in times]
    rows.append(_row("whole model", str(sum(calls.values())), whole, rule=True))
    rows.append(Row("overhead", ("", *(_overhead(time, time["overhead"], "overhead") for time in times))))
    small = [kernel for kernel in calls if kernel != LARGE]
    if 0 < len(small) < len(calls):
        sums = [sum(time["kernels"][kernel]["seconds"] for kernel in small) for time in times]
        rows.append(_row(f"without {LARGE}", str(sum(calls[kernel] for kernel in small)), sums, rule=True))
        shares = [seconds / sums[0] - 1 for seconds in sums]
        cells = [
            _overhead(t, share, f"overhead_without_{LARGE}") for t, share in zip(times, shares, strict=True)
        ]
        rows.append(Row("overhead", ("", *cells)))
    headings = [word if word in ("unhardened", "chosen") else word.upper() for word in columns]
    return Table(name, caption, ("kernel", "invocations", *headings), tuple(rows))


def _row(heading: str, invocations: str, seconds: Sequence[float], *, rule: bool = False) -> Row:
    return Row(heading, (invocations, *(f"{value * 1e3:.4f}" for value in seconds)), rule)


def _overhead(found: Mapping[str, Any], share: float, name: str) -> str:
    """With its band, where it is modelled."""
    return banded(found, name) if f"{name}_low" in found else signed_percent(share)


def points_table(hardening: Hardening) -> Table:
    """The named points of the Pareto front, and the chosen plan as predicted."""
    planner = hardening.numbers["planner"]
    named = [(p["name"], p) for p in planner["points"]]
    if planner["chosen"] is not None:
        named.append(("chosen", planner["chosen"]))
    shown = ("failures", "critical", "due", "detected")
    rows = [
        Row(name, (str(plan_of(p)), banded(p), *(f"{p[key] * 100:.2f} %" for key in shown)))
        for name, p in named
    ]
    caption = (
        f"Named plans of the front, predicted; weighted failures: {hardening.plans.weights}; percent of the "
        "unhardened program's faults, exposure counted"
    )
    headings = ("plan", "protection", "overhead (band)", "weighted", "critical", "DUE", "detected")
    return Table("points", caption, headings, tuple(rows))
