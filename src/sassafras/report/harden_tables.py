"""Tables of ``sassafras harden`` for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from rich.table import Table

from sassafras.hardening.ranking import Ranked
from sassafras.hardening.residual import ENDINGS
from sassafras.hardening.study import Study
from sassafras.report.failure_tables import failure_table
from sassafras.report.harden_benefit import benefit_lines
from sassafras.report.harden_cells import interval_cell, said, share_cell
from sassafras.report.harden_fault_free import fault_free_lines
from sassafras.report.harden_layout import WIDE, Layout, fitting, headed
from sassafras.report.harden_overhead import overhead_tables
from sassafras.report.harden_points import front_table, planner_lines, points_table
from sassafras.report.numbers import NONE_SEEN
from sassafras.simulation.outcome import Severity

DASH = "–"
SEVERE = len(Severity)  #: the last endings: silent corruptions, by severity


def harden_tables(study: Study, width: int = WIDE) -> list[Table]:
    """Ranking, Table 2, the Pareto front and its named plans, failures before and after, shares before and
    after, the same faults replayed, and what survived. ``width``: columns of the terminal.
    """
    shown = [
        *fitting(partial(ranking_tables, study), width),
        *fitting(partial(overhead_tables, study), width),
        front_table(study, width),
        points_table(study, width),
        failure_table(study.failures, study.critical),
        *fitting(partial(before_after_tables, study), width),
        replay_table(study),
    ]
    return [*shown, survivors_table(study)] if study.evaluation.survivors else shown


def ranking_tables(study: Study, layout: Layout = Layout.WIDE) -> list[Table]:
    """Kernels by CKV of what is critical, ties shown."""
    wide, split = layout is Layout.WIDE, layout is Layout.SPLIT
    modes = [mode.value for mode, _ in study.ranking[0].by_mode]
    names = ["malfunction", "invalid"] if wide else ["mal-\nfunction", "in-\nvalid"]
    table = headed(
        f"Ranking by CKV of critical faults{study.critical.suffix}",
        f"critical: {study.critical.words}; percent of all injections, 95 % Clopper-Pearson intervals; "
        f"{NONE_SEEN}" + ("" if split else "; tied: intervals overlap"),
        ["place", "kernel", "critical", *names, "DUE", *modes],
        layout,
    )
    if not split:
        table.add_column("tied with", overflow="fold")
    for ranked in study.ranking:
        place = str(ranked.best) if ranked.best == ranked.worst else f"{ranked.best}–{ranked.worst}"
        shares = [ranked.malfunction, ranked.invalid, ranked.due, *(share for _, share in ranked.by_mode)]
        table.add_row(
            place,
            ranked.kernel,
            interval_cell(ranked.critical, wide=wide),
            *(share_cell(share, wide=wide) for share in shares),
            *([] if split else [_ties(ranked)]),
        )
    return [table, _ties_table(study)] if split else [table]


def _ties(ranked: Ranked) -> str:
    return ", ".join(ranked.tied) or DASH


def _ties_table(study: Study) -> Table:
    table = headed("Ties of the ranking", "tied: intervals overlap", ["kernel"], Layout.SPLIT)
    table.add_column("tied with", overflow="fold")
    for ranked in study.ranking:
        table.add_row(ranked.kernel, _ties(ranked))
    return table


def before_after_tables(study: Study, layout: Layout = Layout.WIDE) -> list[Table]:
    """How injections end, before and in the hardened program's own population."""
    severe, others = list(ENDINGS[-SEVERE:]), list(ENDINGS[:-SEVERE])
    if layout is not Layout.SPLIT:
        return [_endings_table(study, "", list(ENDINGS), layout)]
    return [
        _endings_table(study, ", critical faults and silent corruptions", severe, layout),
        _endings_table(study, ", all other endings", others, layout, critical=False),
    ]


def _endings_table(
    study: Study, part: str, names: Sequence[str], layout: Layout, *, critical: bool = True
) -> Table:
    wide = layout is not Layout.TALL
    headings = [name if name == "DUE" else name.title().replace("_", "-\n") for name in names]
    table = headed(
        f"Before and after{part}: {study.protection}{study.critical.suffix}",
        "percent of the mode's injections into each program's own population, "
        f"95 % Clopper-Pearson intervals; {NONE_SEEN}",
        ["mode", "program", "n", *(["critical"] if critical else []), *headings],
        layout,
    )
    for mode in study.before:
        for program, found in (("unhardened", study.before[mode]), ("hardened", study.after[mode])):
            shares = dict(found.endings)
            table.add_row(
                mode,
                program,
                str(found.injections),
                *([interval_cell(found.critical, wide=wide)] if critical else []),
                *(share_cell(shares[name], wide=wide) for name in names),
            )
        table.add_section()
    return table


def replay_table(study: Study) -> Table:
    """The same faults in both programs, with McNemar's exact test."""
    evaluation = study.evaluation
    table = headed(
        f"The same faults replayed: how many were critical{study.critical.suffix}",
        f"{len(evaluation.no_counterpart)} faults have no counterpart in the hardened program; voters: "
        "silent corruptions of any severity that voters corrected, which raises no flag; p: McNemar",
        ["kernels", "mode", "pairs", "before", "after", "reduction", "voters", "p"],
        Layout.WIDE,
    )
    for label, pairs in (("protected", study.protected_pairs), ("all", study.all_pairs)):
        for mode, pair in pairs.items():
            reduction = DASH if pair.reduction is None else f"{pair.reduction * 100:.1f} %"
            counts = (pair.pairs, pair.before, pair.after)
            voters = str(study.outvoted[mode])
            table.add_row(label, mode, *map(str, counts), reduction, voters, f"{pair.p_value:.2g}")
        table.add_section()
    return table


def survivors_table(study: Study) -> Table:
    """Why faults survived their kernel's protection, counted; the list is in ``harden.json``."""
    table = headed(
        "Faults that survived protection, and why",
        "each of them with its instruction: harden.json",
        ["view", "kernel", "mode", "reason", "n"],
        Layout.WIDE,
    )
    counts = Counter((s.view, s.kernel, s.mode, s.reason.value) for s in study.evaluation.survivors)
    for key, n in sorted(counts.items()):
        table.add_row(*key, str(n))
    return table


def closing_lines(study: Study) -> list[str]:
    """What was gained and what it cost, each on its base, and the verdict, in words."""
    lines = [*benefit_lines(study), *planner_lines(study), *fault_free_lines(study)]
    lines += [
        f"not offered: {kernel}={technique}: {why}" for (kernel, technique), why in study.refused.items()
    ]
    judged = study.judgement
    if judged is not None:
        more = f"; about {judged.needed} injections would decide" if judged.needed else ""
        lines.append(
            f"target {judged.target * 100:.3g} % critical among the injections into the hardened program: "
            f"{judged.verdict.value} "
            f"(fresh campaign: {said(judged.observed, interval=True)}, n = {judged.observed.trials}){more}"
        )
    return lines
