"""``sassafras plan``: how many injections, before the first one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given
from sassafras.cli.completion import campaigns
from sassafras.cli.config_file import Config
from sassafras.cli.options import Options

if TYPE_CHECKING:
    import pandas as pd

    from sassafras.analysis.sample_size import Aim
    from sassafras.campaign.campaign import Campaign
    from sassafras.workload.vocabulary import Vocabulary

PROBE = 100  #: injections per mode


@given.taking(but=given.OF_FAULTS)
def plan(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            help="Folder of a campaign: its population and its measured rate.",
            autocompletion=campaigns,
        ),
    ] = None,
    config: Config = None,  # noqa: ARG001  (its values are in the other options by now)
    half_width: Annotated[
        str, typer.Option(metavar="SHARE", help="How well shares shall be known: 0.5% means ±0.5 %.")
    ] = "1%",
    expect: Annotated[
        str, typer.Option(metavar="SHARE", help="The share that is expected; the worst case is 50%.")
    ] = "50%",
    confidence: Annotated[str, typer.Option(metavar="SHARE", help="Of the intervals.")] = "95%",
    rate: Annotated[
        float | None,
        typer.Option(metavar="N", min=0.001, help="Injections per second, assumed [default: measured]"),
    ] = None,
    probe: Annotated[
        int, typer.Option(metavar="N", min=1, help="Without DIR: injections per mode to measure the rate.")
    ] = PROBE,
    *,
    options: given.Options,
    workers: given.Workers = None,
) -> None:
    """Say how many injections it takes to be so sure, and how long.

    Without DIR, a short probe measures the rate; nothing is kept.
    """
    from sassafras.cli.cores import available_cores

    aim = make_aim(half_width, expect, confidence)
    options = replace(options, injections=probe)
    if folder is not None:
        _refuse_both(options, probe)
    basis = from_folder(folder, rate) if folder else from_probe(options, rate, workers or available_cores())
    show(basis, aim)


@dataclass(frozen=True, eq=False)
class Basis:
    """What a plan stands on: the population (`sampling.population_weights`), kinds of layers by index as
    text, injections per second, where that number comes from, and what things are called.
    """

    weights: pd.DataFrame
    kinds: dict[str, str]
    rate: float
    said: str
    vocabulary: Vocabulary


def make_aim(half_width: str, expect: str, confidence: str) -> Aim:
    """What the options ask for. Raises UsageError."""
    from sassafras.analysis.sample_size import Aim
    from sassafras.cli.harden import parse_share
    from sassafras.cli.selection import LEAST_GOAL
    from sassafras.errors import UsageError

    width, share, sure = (
        parse_share(option, text)
        for option, text in (("--half-width", half_width), ("--expect", expect), ("--confidence", confidence))
    )
    if not LEAST_GOAL <= width < 0.5:
        raise UsageError(f"--half-width {half_width}: give one from {LEAST_GOAL:.2%} to 50%, such as 0.5%")
    if share > 1:
        raise UsageError(f"--expect {expect}: a share is 100% at most")
    if not 0.5 <= sure <= 0.9999:
        raise UsageError(f"--confidence {confidence}: give one from 50% to 99.99%, such as 95%")
    return Aim(width, share, sure)


def _refuse_both(options: Options, probe: int) -> None:
    """DIR says what campaign is meant: options that say it too would be ignored."""
    from sassafras.errors import UsageError

    if options != Options(injections=probe):
        raise UsageError(
            "DIR says which campaign is meant: leave out DIR, or the options that choose another"
        )


def from_folder(folder: Path, rate: float | None) -> Basis:
    """The basis that a campaign's folder gives. Raises CampaignError where nothing was injected in it."""
    from contextlib import closing

    from sassafras.campaign.source import open_campaign
    from sassafras.errors import CampaignError

    campaign, _ = open_campaign(folder, reading=True)
    with closing(campaign.store):
        done, seconds = len(campaign.store.known_ids()), campaign.seconds["inject"]
        if not campaign.census or done == 0 or seconds <= 0:
            raise CampaignError(
                f"{folder} holds nothing to plan from: run its campaign first, or leave out DIR"
            )
        return _basis(campaign, rate, done / seconds, f"measured in {folder} ({done:,} injections)")


def from_probe(options: Options, rate: float | None, workers: int) -> Basis:
    """The basis that a short campaign in a temporary folder gives."""
    from tempfile import TemporaryDirectory

    from rich.console import Console

    from sassafras.campaign.campaign import Campaign
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select

    chosen = select(options)
    settings = chosen.settings.model_copy(update={"injections": 1}) if rate else chosen.settings
    with TemporaryDirectory(prefix="sassafras-plan-") as folder:
        campaign = Campaign(folder, settings, chosen.network, chosen.images, source=chosen.source)
        with shown_progress(Console(stderr=True)) as progress:
            campaign.run(workers, progress)
        done = len(campaign.store.known_ids())
        said = (
            f"measured by {done:,} probe injections, {workers} worker{'s' * (workers != 1)} (long campaigns "
        )
        basis = _basis(campaign, rate, done / campaign.seconds["inject"], said + "are faster)")
        campaign.store.close()
    return basis


def _basis(campaign: Campaign, rate: float | None, measured: float, said: str) -> Basis:
    from sassafras.analysis.sampling import population_weights

    kinds = {str(part.index): part.kind for part in campaign.network.parts}
    weights = population_weights(campaign.census)
    vocabulary = campaign.network.vocabulary
    return (
        Basis(weights, kinds, measured, said, vocabulary)
        if rate is None
        else Basis(weights, kinds, rate, "assumed (--rate)", vocabulary)
    )


def show(basis: Basis, aim: Aim) -> None:
    """Print the tables."""
    from rich.console import Console

    from sassafras.analysis.sample_size import needs, ways
    from sassafras.cli.progress import duration
    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.tables import kernels as shown

    console = Console()
    table = needs(basis.weights, aim)
    print_table(console, shown.needs(table, aim, basis.kinds), basis.vocabulary)
    console.print()
    print_table(console, shown.ways(ways(table, aim), basis.rate, basis.said, duration), basis.vocabulary)
