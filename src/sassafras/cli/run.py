"""``sassafras run``: a whole study, from faults to figures."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import cluster
from sassafras.cli import options as given
from sassafras.cli.judging import FailIf, Junit, judge_store, read_conditions

if TYPE_CHECKING:
    from rich.console import Console

    from sassafras.analysis.campaign_avf import CampaignAvf
    from sassafras.analysis.critical import Criticality
    from sassafras.analysis.results import Results
    from sassafras.campaign.campaign import Campaign
    from sassafras.campaign.source import Source
    from sassafras.cli.cluster import Workforce
    from sassafras.cli.selection import Chosen, Options


def run(
    preset: given.Preset = "paper",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the campaign [default: runs/PRESET]")
    ] = None,
    modes: given.Modes = None,
    injections: given.Injections = None,
    models: given.Models = None,
    groups: given.Groups = None,
    kernels: given.Kernels = None,
    images: given.Images = None,
    frames: given.Frames = None,
    frame_classes: given.FrameClasses = None,
    scope: given.Scope = None,
    ioa_register: given.IoaRegister = None,
    seed: given.Seed = None,
    workers: given.Workers = None,
    engine: given.Engine = None,
    network: given.NetworkFile = None,
    weights: given.WeightsFile = None,
    shard: given.Shard = None,
    until: given.Until = None,
    stratify: given.Stratify = None,
    per_stratum: given.PerStratum = None,
    tolerance: given.Tolerance = 0.0,
    scheduler: cluster.Scheduler = None,
    local_cluster: cluster.LocalProcesses = None,
    fail_if: FailIf = None,
    junit: Junit = None,
) -> None:
    """Inject faults and report: tables, figures, summary.json.

    Stopped by Ctrl-C or killed, the same command goes on where it was; so does: sassafras resume DIR.
    """
    from sassafras.cli.selection import Options

    options = Options(
        preset, modes, injections, models, groups, kernels, images, frames, scope, seed, engine, network,
        weights, shard, until, stratify, per_stratum, frame_classes, ioa_register,
    )  # fmt: skip
    conditions, critical = read_conditions(fail_if, junit), given.criticality(tolerance)
    folder = out or Path("runs") / preset
    study(options, folder, cluster.choose_workforce(workers, scheduler, local_cluster), critical)
    judge_store(folder, conditions, junit, critical)


def study(options: Options, folder: Path, workers: Workforce, critical: Criticality | None = None) -> None:
    """Run a campaign in a folder and report on it. Raises SassafrasError."""
    from sassafras.campaign.campaign import Campaign
    from sassafras.campaign.source import describe, facts_of
    from sassafras.campaign.store.folder import check_ours
    from sassafras.cli.selection import select

    check_ours(folder)
    chosen = select(options)
    chosen.network.check_early()
    source = source_of(options, chosen)
    campaign = Campaign(folder, chosen.settings, chosen.network, chosen.images, facts=facts_of(source))
    describe(campaign, source)
    carry_out(campaign, workers, critical, synthetic=chosen.images is None)


def carry_out(
    campaign: Campaign, workers: Workforce, critical: Criticality | None = None, *, synthetic: bool
) -> None:
    """Run what is missing of a campaign and report on it. ``synthetic``: its frames are rendered.
    ``critical``: what counts as critical; None: the paper's reading.

    Raises SassafrasError.
    """
    from rich.console import Console

    from sassafras.cli.progress import shown_progress

    speaking = Console(stderr=True)
    speaking.print(_announcement(campaign, workers, synthetic=synthetic), highlight=False)
    with closing(campaign.store):  # all rows in one file when the command ends
        with shown_progress(speaking) as progress:
            campaign.run(workers, progress)
        # Figures are drawn by forks: dask leaves threads behind, which a fork would lose.
        processes = workers if isinstance(workers, int) else 1
        _report(campaign, speaking, processes, critical, synthetic=synthetic)


def _report(
    campaign: Campaign,
    speaking: Console,
    processes: int,
    critical: Criticality | None,
    *,
    synthetic: bool,
) -> None:
    # Imported only now: figures and statistics take longer to load than a campaign to begin.
    from rich.console import Console

    from sassafras.analysis.campaign_avf import campaign_avf
    from sassafras.analysis.critical import PLAIN
    from sassafras.analysis.results import read_results
    from sassafras.report.page.write import write_page
    from sassafras.report.write import begin_figures, write_report

    answers = Console()
    results = read_results(campaign, synthetic=synthetic, critical=critical or PLAIN)
    with begin_figures(campaign.folder, results, processes) as drawing:
        avf = campaign_avf(campaign, results.injections, results.critical)
        page = write_page(campaign, results, avf)
        write_report(campaign.folder, results, avf, drawing)
    _print_answers(answers, results)
    _print_avf(answers, avf)
    _print_errors(speaking, results)
    _print_end(answers, results, campaign, page)


def source_of(options: Options, chosen: Chosen) -> Source:
    """Where network and images came from, as the options say."""
    from sassafras.campaign.source import Source

    count = None if chosen.images is None else len(chosen.images)
    return Source(cfg=options.network, weights=options.weights, images=options.images, count=count)


def _announcement(campaign: Campaign, workers: Workforce, *, synthetic: bool) -> str:
    from sassafras.campaign.design.from_store import asked_for
    from sassafras.campaign.design.sampling import strata_of

    settings = campaign.settings
    asked = asked_for(settings, len(strata_of(campaign.network, settings)))
    kind = ("synthetic " if synthetic else "") + "frame" + "s" * (len(campaign.images) != 1)
    kind += f" (classes {settings.frame_classes})" if synthetic else ""
    shard = "" if settings.shard is None else f", shard {settings.shard}"
    return (
        f"{asked} into {', '.join(settings.kernels)} of {campaign.network.name} on "
        f"{settings.arch}, {len(campaign.images)} {kind}, seed {settings.seed}{shard}, "
        + cluster.described(workers)
    )


def _print_answers(console: Console, results: Results) -> None:
    from sassafras.report.fitting import print_tables
    from sassafras.report.frame_tables import golden_line
    from sassafras.report.tables import tables

    console.print(golden_line(results.golden), highlight=False, soft_wrap=True)
    console.print()
    print_tables(console, tables(results, console.width))


def _print_avf(console: Console, avf: CampaignAvf | None) -> None:
    from sassafras.report.avf_table import avf_table
    from sassafras.report.fitting import print_tables

    if avf is not None:
        print_tables(console, [avf_table(avf.device.name, avf.launches, avf.cells)])


def _print_errors(console: Console, results: Results) -> None:
    if len(results.errors):
        console.print(
            f"{len(results.errors)} faults ended in errors of ours, never counted as outcomes (errors.csv). "
            f"The first: {results.errors['message'].iloc[0]}",
            highlight=False,
        )


def _print_end(console: Console, results: Results, campaign: Campaign, page: Path) -> None:
    from sassafras.campaign.source import is_bundled
    from sassafras.cli.progress import duration
    from sassafras.report.struck_words import struck_line

    folder = campaign.folder
    seconds = results.seconds
    done = len(results.injections)
    rate = f", {done / seconds['inject']:.1f} per second" if seconds["inject"] > 0 else ""
    times = f"profiling {duration(seconds['profile'])}, injecting {duration(seconds['inject'])}{rate}"
    for line in (
        f"{done} injections, {len(results.errors)} errors; {duration(seconds['total'])} in all ({times})",
        f"page:    {page}",
        f"tables:  {folder}{os.sep}*.csv, {folder / 'summary.json'}",
        f"figures: {folder / 'figures'}{os.sep}*.png",
        f"rows:    {folder / 'results.sqlite'}",
        struck_line(results.struck, bundled=is_bundled(campaign)),
    ):
        console.print(line, highlight=False, soft_wrap=True)
