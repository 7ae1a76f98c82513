"""``sassafras fidelity``: what of the fault-free run is exact, and what is modelled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given
from sassafras.cli.completion import campaigns

if TYPE_CHECKING:
    from sassafras.campaign.fidelity import Fidelity
    from sassafras.cli.options import Options


@given.taking(but=(*given.OF_FAULTS, "modes", "models", "groups", "scope", "ioa_register", "engine"))
def fidelity(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            help="Folder of a campaign; without one the options say what is run.",
            autocompletion=campaigns,
        ),
    ] = None,
    *,
    options: given.Options,
    workers: given.Workers = None,
) -> None:
    """Say which executed instructions are exact and which are modelled.

    Of modelled ones: how far hardware may differ, and whether their results may reach an address, a branch
    or what is stored.
    """
    from rich.console import Console

    from sassafras.cli.cores import available_cores
    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.tables.fidelity import fidelity_line, forms

    found = _measured(options, workers or available_cores()) if folder is None else _stored(folder, options)
    if found.forms:
        print_table(Console(), forms(found))
    typer.echo(fidelity_line(found))


def _stored(folder: Path, options: Options) -> Fidelity:
    """Of a campaign, as its store says. Raises UsageError and CampaignError."""
    from sassafras.campaign.finished import store_path
    from sassafras.campaign.store.stored import open_store
    from sassafras.errors import CampaignError, UsageError

    if options != type(options)():
        raise UsageError("a campaign's folder says what was run: no option goes with it")
    with open_store(store_path(folder)) as stored:
        found = stored.facts.fidelity
    if found is None:
        raise CampaignError(
            f"{folder} does not say: it is unfinished, or of a version that did not ask; give what was run "
            "instead of the folder"
        )
    return found


def _measured(options: Options, workers: int) -> Fidelity:
    """Of what the options say, on all its inputs."""
    from rich.console import Console

    from sassafras.campaign.fidelity import fidelity_of
    from sassafras.cli.golden import chosen_images, golden_profiles
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select

    chosen = select(replace(options, modes="RF"))
    launches = [p.index for p in chosen.network.plan if p.kernel in chosen.settings.kernels]
    with shown_progress(Console(stderr=True)) as progress:
        images = chosen_images(chosen)
        profiled = golden_profiles(chosen, images, launches, workers, progress)
    return fidelity_of(chosen.network, profiled)
