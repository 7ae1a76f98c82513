"""``sassafras run``: a whole study, from faults to figures."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sassafras.cli import cluster
from sassafras.cli import options as given
from sassafras.cli.config_file import Config
from sassafras.cli.judging import FailIf, Junit, judge_store, models_of_options, read_conditions
from sassafras.cli.options import Options
from sassafras.cli.own import check_alone

if TYPE_CHECKING:
    from sassafras.analysis.critical import Criticality
    from sassafras.campaign.campaign import Campaign
    from sassafras.cli.cluster import Workforce


OCCASION = ("workers", "scheduler", "local-cluster", "junit")  #: options that decide nothing in a campaign


@given.taking()
def run(
    context: typer.Context,
    config: Config = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the campaign [default: runs/PRESET or runs/FILE]"),
    ] = None,
    *,
    options: given.Options,
    workers: given.Workers = None,
    tolerance: given.Tolerance = 0.0,
    scheduler: cluster.Scheduler = None,
    local_cluster: cluster.LocalProcesses = None,
    fail_if: FailIf = None,
    junit: Junit = None,
) -> None:
    """Inject faults and report: tables, figures, summary.json.

    Stopped by Ctrl-C or killed, the same command goes on where it was; so does: sassafras resume DIR.
    """
    from sassafras.cli.recipe import recipe

    del config  # its values are in the other options by now
    own = models_of_options(options.models) if fail_if else ()
    conditions, critical = read_conditions(fail_if, junit, own), given.criticality(tolerance)
    check_alone(options, judged=bool(conditions))
    named = options.faults or options.workload
    folder = out or Path("runs") / (options.preset if named is None else named.stem)
    left_out = {"out": "."} | dict.fromkeys(OCCASION)
    workforce = cluster.choose_workforce(workers, scheduler, local_cluster)
    study(options, folder, workforce, critical, recipe(context, left_out))
    judge_store(folder, conditions, junit, critical)


def study(
    options: Options,
    folder: Path,
    workers: Workforce,
    critical: Criticality | None = None,
    recipe: Mapping[str, Any] | None = None,
) -> None:
    """Run a campaign in a folder and report on it. ``recipe``: options that repeat it, written into the
    folder. Raises SassafrasError.
    """
    from sassafras.campaign.campaign import Campaign
    from sassafras.campaign.source import KEY, describe
    from sassafras.campaign.store.folder import check_ours
    from sassafras.cli.selection import select
    from sassafras.workload.source import stored_source

    check_ours(folder)
    chosen = select(options)
    chosen.network.open_early()
    source = chosen.source
    facts = {KEY: stored_source(source)}
    campaign = Campaign(folder, chosen.settings, chosen.network, chosen.images, source=source, facts=facts)
    describe(campaign, source)
    carry_out(campaign, workers, critical, synthetic=source.is_synthetic, recipe=recipe)


def carry_out(
    campaign: Campaign,
    workers: Workforce,
    critical: Criticality | None = None,
    *,
    synthetic: bool,
    recipe: Mapping[str, Any] | None = None,
) -> None:
    """Run what is missing of a campaign and report on it. ``synthetic``: its frames are rendered.
    ``critical``: what counts as critical; None: the paper's reading. ``recipe``: options that repeat it,
    written into its folder once it may be written.

    Raises SassafrasError.
    """
    from rich.console import Console

    from sassafras.cache import cached_files
    from sassafras.cli.conclusion import conclude
    from sassafras.cli.loudness import announce, is_quiet
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.recipe import Recorded

    speaking = Console(stderr=True)
    if not is_quiet():
        speaking.print(_announcement(campaign, workers, synthetic=synthetic), highlight=False)
    if isinstance(workers, int) and not cached_files("native-*.o"):
        announce("compiling kernels: the first run takes longer")
    with closing(campaign.store):  # all rows in one file when the command ends
        with shown_progress(speaking) as progress:
            campaign.run(workers, progress if recipe is None else Recorded(progress, campaign.folder, recipe))
        # Figures are drawn by forks: dask leaves threads behind, which a fork would lose.
        processes = workers if isinstance(workers, int) else 1
        conclude(campaign, processes, critical, synthetic=synthetic)


def _announcement(campaign: Campaign, workers: Workforce, *, synthetic: bool) -> str:
    from sassafras.campaign.design.from_store import asked_for
    from sassafras.campaign.design.sampling import strata_of

    settings = campaign.settings
    asked = asked_for(settings, len(strata_of(campaign.network, settings)))
    kind = ("synthetic " if synthetic else "") + "frame" + "s" * (len(campaign.images) != 1)
    kind += f" (classes {settings.frame_classes})" if synthetic else ""
    shard = "" if settings.shard is None else f", shard {settings.shard}"
    return campaign.network.vocabulary.said(
        f"{asked} into {', '.join(settings.kernels)} of {campaign.network.name} on "
        f"{settings.arch}, {len(campaign.images)} {kind}, seed {settings.seed}{shard}, "
        + cluster.described(workers)
    )
