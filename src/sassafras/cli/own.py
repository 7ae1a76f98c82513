"""``sassafras run --faults``: faults that the user chose."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.cli.options import Options

if TYPE_CHECKING:
    from sassafras.analysis.results import Results

#: Options that choose a sample.
_OF_A_SAMPLE = (
    "modes", "injections", "models", "groups", "kernels", "scope", "until", "stratify", "per_stratum",
    "exact",
)  # fmt: skip


def check_alone(options: Options, *, judged: bool = False) -> None:
    """Raise UsageError where a sample is asked for beside one's own faults. ``judged``: by --fail-if."""
    from sassafras.errors import UsageError

    if options.faults is None:
        return
    for name in _OF_A_SAMPLE:
        if getattr(options, name):
            option = name.replace("_", "-")
            raise UsageError(
                f"--{option} chooses a sample: it cannot go with --faults, which says every fault"
            )
    if judged:
        raise UsageError(
            "--fail-if judges a sample: it cannot go with --faults, which are chosen by you, not a sample"
        )


def report_own(folder: Path, results: Results) -> None:
    """Write what there is to say of one's own faults, and print it."""
    from rich.console import Console

    from sassafras.cli.loudness import is_quiet
    from sassafras.report.files import PAGE
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.captions import golden_line
    from sassafras.report.tables.registry import campaign_tables
    from sassafras.report.write import write_own_report

    console = Console()
    write_own_report(folder, results)
    if not is_quiet():
        console.print(golden_line(results.golden), highlight=False, soft_wrap=True)
        console.print()
        print_tables(console, campaign_tables(results), results.vocabulary)
        console.print(f"{len(results.injections)} injections, {len(results.errors)} errors", highlight=False)
    page = [] if results.sampling.counted is None else [f"page:    {folder / PAGE}"]
    for line in (
        *page,
        f"files:   {folder}{os.sep}*.csv, {folder / 'summary.json'}",
        f"rows:    {folder / 'results.sqlite'}",
    ):
        console.print(line, highlight=False, soft_wrap=True)
