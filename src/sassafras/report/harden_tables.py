"""Tables of ``sassafras harden`` for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from sassafras.hardening.gpu.measurement import Measurement
from sassafras.hardening.ranking import Share
from sassafras.hardening.residual import ENDINGS
from sassafras.hardening.study import Study
from sassafras.kernels.cost import Cost

LARGE = "gemm"  #: a closed library in the paper: its Table 2 is without
DASH = "–"


def harden_tables(study: Study) -> list[Table]:
    """Ranking, Table 2, the Pareto front, before and after, the same faults replayed, and what survived."""
    shown = [
        ranking_table(study),
        overhead_table(study),
        front_table(study),
        before_after_table(study),
        replay_table(study),
    ]
    return [*shown, survivors_table(study)] if study.evaluation.survivors else shown


def cell(share: Share) -> str:
    """Percentages: "12.7 (10.7–14.9)"."""
    return f"{share.value * 100:.2f} ({share.low * 100:.2f}–{share.high * 100:.2f})"


def ranking_table(study: Study) -> Table:
    """Kernels by CKV of Malfunction and Light-Malfunction, ties shown."""
    table = _table(
        "Ranking by CKV (Malfunction + Light-Malfunction)",
        "percent of all injections, 95 % Clopper-Pearson intervals; tied: intervals overlap",
        ["place", "kernel", "critical", "malfunction", "DUE"],
    )
    modes = [mode for mode, _ in study.ranking[0].by_mode]
    for mode in modes:
        table.add_column(mode.value, justify="right")
    table.add_column("tied with")
    for ranked in study.ranking:
        place = str(ranked.best) if ranked.best == ranked.worst else f"{ranked.best}–{ranked.worst}"
        table.add_row(
            place,
            ranked.kernel,
            cell(ranked.critical),
            f"{ranked.malfunction.value * 100:.2f}",
            f"{ranked.due.value * 100:.2f}",
            *(f"{share.value * 100:.2f}" for _, share in ranked.by_mode),
            ", ".join(ranked.tied) or DASH,
        )
    return table


def overhead_table(study: Study) -> Table:
    """The paper's Table 2: modelled milliseconds per kernel and of the whole, and instructions; measured
    milliseconds too, where a GPU was asked.
    """
    book, columns = study.costs, study.columns
    table = _table(
        "Table 2: overhead",
        "modelled milliseconds on the GTX 750 Ti; M: million dynamic thread-instructions, "
        f"counted; SHS: {study.named['shs']}{_measured_caption(study.measurement)}",
        ["kernel", "invocations"],
    )
    for name in columns:
        table.add_column(name if name == "chosen" else name.upper() if name in study.named else name)
    for kernel in book.kernels:
        table.add_row(kernel, *_costs(study, [kernel], measured=[kernel]))
    small = [kernel for kernel in book.kernels if kernel != LARGE]
    table.add_section()
    table.add_row("whole model", *_costs(study, book.kernels, measured=None))
    table.add_row("  overhead", "", *_overheads(study, None))
    if len(small) < len(book.kernels):
        table.add_row(f"without {LARGE}", *_costs(study, small, measured=small))
        table.add_row("  overhead", "", *_overheads(study, small))
    return table


def _measured_caption(found: Measurement | None) -> str:
    if found is None:
        return ""
    words = sum(sum(program.compared.values()) for program in found.programs.values())
    other = sum(sum(program.differing.values()) for program in found.programs.values())
    return (
        f"; [ ]: measured milliseconds on {found.device} ({found.arch}), median of {found.runs} inferences; "
        f"{other:,} of {words:,} words of its results differ from the emulated ones"
    )


def _costs(study: Study, kernels: Sequence[str], measured: Sequence[str] | None) -> list[str]:
    """Invocations, and each column's cost of some kernels. ``measured``: those, or None: the whole model."""
    costs = {name: study.costs.model(protection, kernels) for name, protection in study.columns.items()}
    found = study.measurement
    return [
        str(next(iter(costs.values())).invocations),
        *(
            _cost(cost, None if found is None else found.seconds(name, measured))
            for name, cost in costs.items()
        ),
    ]


def _cost(cost: Cost, measured: float | None) -> str:
    seconds = " " if measured is None else f"\n[{measured * 1e3:.4f}]\n"
    return escape(f"{cost.seconds * 1e3:.4f}{seconds}({cost.instructions / 1e6:.1f} M)")


def _overheads(study: Study, kernels: Sequence[str] | None) -> list[str]:
    found = study.measurement
    return [
        escape(
            f"{study.costs.overhead(protection, kernels) * 100:+.2f} %"
            + ("" if found is None else f"\n[{found.overhead(name, kernels) * 100:+.2f}\N{NO-BREAK SPACE}%]")
        )
        for name, protection in study.columns.items()
    ]


def front_table(study: Study, most: int = 15) -> Table:
    """The Pareto front, thinned where it is long."""
    front = study.plans.front()
    step = -(-len(front) // most)
    shown = [plan for k, plan in enumerate(front) if k % step == 0 or k == len(front) - 1]
    table = _table(
        f"Pareto front of {len(study.plans.residual):,} plans",
        "predicted; percent of the unhardened program's faults that are left critical; "
        f"{len(shown)} of {len(front)} plans of the front shown",
        ["overhead %", "critical left %"],
    )
    table.add_column("protection")
    for plan in shown:
        table.add_row(f"{plan.overhead * 100:.2f}", f"{plan.residual * 100:.3f}", str(plan.protection))
    return table


def before_after_table(study: Study) -> Table:
    """How injections end, before and in the hardened program's own population."""
    table = _table(
        f"Before and after: {study.protection}",
        "percent of the mode's injections into each program's own population, 95 % Clopper-Pearson intervals",
        ["mode", "program", "n", "critical"],
    )
    for name in ENDINGS:
        table.add_column(name.replace("_", "-").title() if name != "DUE" else name, justify="right")
    for mode in study.before:
        for program, found in (("unhardened", study.before[mode]), ("hardened", study.after[mode])):
            shares = [f"{share.value * 100:.2f}" for _, share in found.endings]
            table.add_row(mode, program, str(found.injections), cell(found.critical), *shares)
        table.add_section()
    return table


def replay_table(study: Study) -> Table:
    """The same faults in both programs, with McNemar's exact test."""
    evaluation = study.evaluation
    table = _table(
        "The same faults replayed: Malfunction or Light-Malfunction",
        f"{len(evaluation.no_counterpart)} faults have no counterpart in the hardened program; p: McNemar",
        ["kernels", "mode", "pairs", "before", "after", "reduction", "p"],
    )
    for label, pairs in (("protected", study.protected_pairs), ("all", study.all_pairs)):
        for mode, pair in pairs.items():
            reduction = DASH if pair.reduction is None else f"{pair.reduction * 100:.1f} %"
            counts = (pair.pairs, pair.before, pair.after)
            table.add_row(label, mode, *map(str, counts), reduction, f"{pair.p_value:.2g}")
        table.add_section()
    return table


def survivors_table(study: Study) -> Table:
    """Why faults survived their kernel's protection, counted; the list is in ``harden.json``."""
    table = _table(
        "Faults that survived protection, and why",
        "each of them with its instruction: harden.json",
        ["view", "kernel", "mode", "reason", "n"],
    )
    counts = Counter((s.view, s.kernel, s.mode, s.reason.value) for s in study.evaluation.survivors)
    for key, n in sorted(counts.items()):
        table.add_row(*key, str(n))
    return table


def closing_lines(study: Study) -> list[str]:
    """Exposure and verdict in words."""
    exposure = study.exposure
    ratio = "" if exposure.ratio is None else f": {exposure.ratio:.3g} times the unhardened program's rate"
    lines = [
        (
            f"per second of exposure (rate x modelled time; the injected kernels take {exposure.time:.3g} "
            f"times as long): critical faults {exposure.before.value * 100:.2f} % -> "
            f"{exposure.after.value * 100:.2f} %{ratio}"
        )
    ]
    judged = study.judgement
    if judged is not None:
        more = f"; about {judged.needed} injections would decide" if judged.needed else ""
        lines.append(
            f"target {judged.target * 100:.3g} %: {judged.verdict.value} "
            f"(fresh campaign: {cell(judged.observed)} %, n = {judged.observed.trials}){more}"
        )
    return lines


def _table(title: str, caption: str, columns: Sequence[str]) -> Table:
    table = Table(
        title=title,
        caption=caption,
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title_justify="left",
        caption_justify="left",
        title_style="bold",
    )
    for number, heading in enumerate(columns):
        table.add_column(heading, justify="left" if number < 2 else "right")
    return table
