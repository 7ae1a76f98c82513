"""``sassafras run``: a whole study, from faults to figures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given

if TYPE_CHECKING:
    from rich.console import Console

    from sassafras.analysis.results import Results
    from sassafras.campaign.campaign import Campaign
    from sassafras.campaign.source import Source
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
    scope: given.Scope = None,
    seed: given.Seed = None,
    workers: given.Workers = None,
    engine: given.Engine = None,
    network: given.NetworkFile = None,
    weights: given.WeightsFile = None,
) -> None:
    """Inject faults and report: tables, figures, summary.json.

    Stopped by Ctrl-C, the same command goes on where it was.
    """
    from sassafras.cli.cores import available_cores
    from sassafras.cli.selection import Options

    options = Options(
        preset,
        modes,
        injections,
        models,
        groups,
        kernels,
        images,
        frames,
        scope,
        seed,
        engine,
        network,
        weights,
    )
    study(options, out or Path("runs") / preset, workers or available_cores())


def study(options: Options, folder: Path, workers: int) -> None:
    """Run a campaign in a folder and report on it. Raises SassafrasError."""
    from rich.console import Console

    from sassafras.analysis.results import read_results
    from sassafras.campaign.campaign import Campaign
    from sassafras.campaign.source import describe
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select
    from sassafras.errors import UsageError
    from sassafras.report.page.write import write_page
    from sassafras.report.write import write_report

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; choose another --out")
    speaking, answers = Console(stderr=True), Console()
    chosen = select(options)
    campaign = Campaign(folder, chosen.settings, chosen.network, chosen.images)
    describe(campaign, source_of(options, chosen))
    speaking.print(_announcement(chosen, campaign, workers), highlight=False)
    with shown_progress(speaking) as progress:
        campaign.run(workers, progress)
    results = read_results(campaign, synthetic=chosen.images is None)
    write_report(folder, results)
    page = write_page(campaign, results)
    _print_answers(answers, results)
    _print_errors(speaking, results)
    _print_end(answers, results, folder, page)


def source_of(options: Options, chosen: Chosen) -> Source:
    """Where network and images came from, as the options say."""
    from sassafras.campaign.source import Source

    count = None if chosen.images is None else len(chosen.images)
    return Source(cfg=options.network, weights=options.weights, images=options.images, count=count)


def _announcement(chosen: Chosen, campaign: Campaign, workers: int) -> str:
    settings = chosen.settings
    kind = ("" if chosen.images is not None else "synthetic ") + "frame" + "s" * (len(campaign.images) != 1)
    per_mode = " + ".join(f"{n} {mode.value}" for mode, n in campaign.planned.items())
    return (
        f"{per_mode} faults into {', '.join(settings.kernels)} of {chosen.network.name} on {settings.arch}, "
        f"{len(campaign.images)} {kind}, seed {settings.seed}, {workers} worker{'s' * (workers != 1)}"
    )


def _print_answers(console: Console, results: Results) -> None:
    from sassafras.report.tables import tables

    for table in tables(results, console.width):
        console.print(table)
        console.print()


def _print_errors(console: Console, results: Results) -> None:
    if len(results.errors):
        console.print(
            f"{len(results.errors)} faults ended in errors of ours, never counted as outcomes (errors.csv). "
            f"The first: {results.errors['message'].iloc[0]}",
            highlight=False,
        )


def _print_end(console: Console, results: Results, folder: Path, page: Path) -> None:
    from sassafras.cli.progress import duration

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
    ):
        console.print(line, highlight=False, soft_wrap=True)
