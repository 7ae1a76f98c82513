"""What ``run`` and ``resume`` say when a campaign is done: the outcomes, the worst kernel, where things are.
Everything else: ``sassafras tables``.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.cli.loudness import announce, is_quiet
from sassafras.errors import typed

if TYPE_CHECKING:
    from rich.console import Console

    from sassafras.analysis.critical import Criticality
    from sassafras.analysis.results import Results
    from sassafras.campaign.campaign import Campaign


def conclude(
    campaign: Campaign, processes: int, critical: Criticality | None = None, *, synthetic: bool
) -> None:
    """Write page, tables and figures of a finished campaign, and say what came out. ``processes``: that draw
    figures. ``critical``: what counts as critical; None: the paper's reading. ``synthetic``: its frames are
    rendered.
    """
    # Imported only now: figures and statistics take longer to load than a campaign to begin.
    from sassafras.analysis.campaign_avf import campaign_avf
    from sassafras.analysis.critical import PLAIN
    from sassafras.analysis.results import read_results
    from sassafras.campaign.counting import profiled_costs
    from sassafras.campaign.record import on_record
    from sassafras.cli.loudness import phase
    from sassafras.cli.own import report_own
    from sassafras.report.figures.registry import campaign_figures
    from sassafras.report.page.render import write_page
    from sassafras.report.write import begin_figures, write_report

    with phase("reading rows"):
        record, shape = on_record(campaign)
        results = read_results(record, shape, synthetic=synthetic, critical=critical or PLAIN)
    if results.sampling.chosen or results.sampling.counted is not None:
        report_own(campaign.folder, results)
        _say_errors(results)
        return
    with (
        phase("writing report"),
        begin_figures(campaign.folder / "figures", campaign_figures(results, run=True), processes) as drawing,
    ):
        avf = campaign_avf(record, shape, partial(profiled_costs, campaign), results.critical)
        page = write_page(record, shape, results, avf)
        write_report(campaign.folder, results, avf, drawing)
    say_answers(results, campaign, page)


def say_answers(results: Results, campaign: Campaign, page: Path) -> None:
    """Print what came out; of a quiet command the paths alone."""
    from rich.console import Console

    from sassafras.campaign.exact import PROVEN
    from sassafras.faults.models.said import assumed_of
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.campaign import outcomes
    from sassafras.report.tables.captions import golden_line
    from sassafras.report.tables.sampling import goal
    from sassafras.report.worst_kernel import worst_line

    console = Console()
    if not is_quiet():
        said = results.vocabulary.said
        if not results.vocabulary.pairs:  # of a network's frames the true classes may be known
            _say(console, golden_line(results.golden), "")
        print_tables(console, [*outcomes(results), *goal(results)], results.vocabulary)
        console.print(said(worst_line(results)), highlight=False, soft_wrap=not console.is_terminal)
        settings = campaign.settings
        _say(console, *assumed_of(settings.used_models, settings.scope))
        _say(console, "", *_fidelity(results), _counted(results, campaign.store.meta(PROVEN)))
    _say_errors(results)
    _say(console, *paths(campaign.folder, page))
    if not is_quiet():
        _say(console, *_hints(results, campaign))


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _say_errors(results: Results) -> None:
    if len(results.errors):
        announce(
            f"{len(results.errors)} faults ended in errors of ours, never counted as outcomes (errors.csv). "
            f"The first: {results.errors['message'].iloc[0]}"
        )


def _fidelity(results: Results) -> list[str]:
    """What is exact, where that is known."""
    from sassafras.report.tables.fidelity import fidelity_line

    return [] if results.fidelity is None else [fidelity_line(results.fidelity)]


def _counted(results: Results, proven: int | None) -> str:
    """How many injections, and in what time. ``proven``: of how many the ending was."""
    from sassafras.cli.progress import duration

    seconds, done = results.seconds, len(results.injections)
    rate = f", {done / seconds['inject']:.1f} per second" if seconds["inject"] > 0 else ""
    times = f"profiling {duration(seconds['profile'])}, injecting {duration(seconds['inject'])}{rate}"
    known = f" ({proven} of them proven, not run)" if proven else ""
    total = duration(seconds["total"])
    return f"{done} injections{known}, {len(results.errors)} errors; {total} in all ({times})"


def paths(folder: Path, page: Path) -> list[str]:
    """Where everything is; the file of the command too, where there is one."""
    from sassafras.campaign.store.folder import RECIPE

    recipe = folder / RECIPE
    return [
        f"page:    {page}",
        f"tables:  {folder}{os.sep}*.csv, {folder / 'summary.json'}",
        f"figures: {folder / 'figures'}{os.sep}*.png",
        f"rows:    {folder / 'results.sqlite'}",
        *([f"repeat:  {typed('run', '--config', recipe, '--out', 'NEW')}"] if recipe.is_file() else []),
    ]


def _hints(results: Results, campaign: Campaign) -> list[str]:
    from sassafras.campaign.source import everything_of
    from sassafras.report.struck_words import struck_line

    given = "" if results.critical.is_plain else f" --tolerance {results.critical.tolerance:g}"
    return [
        f"more:    {typed('tables', campaign.folder)}{given}",
        results.vocabulary.said(struck_line(results.struck, preset=everything_of(campaign))),
    ]
