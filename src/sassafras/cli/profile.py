"""``sassafras profile``: the golden run in figures, and where faults will fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sassafras.cli import options as given
from sassafras.cli.config_file import Config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sassafras.campaign.design.settings import Settings
    from sassafras.faults.memory import Exposed
    from sassafras.faults.model import Mode
    from sassafras.faults.population import ProfiledLaunch, Sites
    from sassafras.report.tables.kernels import KernelShare


@given.taking(but=(*given.OF_FAULTS, "scope", "engine"))
def profile(config: Config = None, *, options: given.Options, workers: given.Workers = None) -> None:
    """Count the instructions of the fault-free run, per kernel.

    Shares say where faults will fall: percent of the sites that a mode may strike.
    """
    from rich.console import Console

    from sassafras.campaign.design.exposed import exposed_memory
    from sassafras.cli.cores import available_cores
    from sassafras.cli.golden import chosen_images, golden_profiles
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select
    from sassafras.faults.model import Mode
    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.tables.kernels import profile as profile_table

    del config  # its values are in the other options by now
    chosen = select(options)
    pictures = chosen_images(chosen)
    launches = [p.index for p in chosen.network.plan if p.kernel in chosen.settings.kernels]
    with shown_progress(Console(stderr=True)) as progress:
        profiled = golden_profiles(chosen, pictures, launches, workers or available_cores(), progress)
    in_memory = Mode.MEM in chosen.settings.modes
    exposed = exposed_memory(chosen.network, pictures, profiled) if in_memory else ()
    rows = kernel_shares(profiled, chosen.settings, exposed)
    shown = profile_table(rows, len(pictures), chosen.settings.modes)
    print_table(Console(), shown, chosen.source.vocabulary)
    first = {mode: chosen.settings.models_of(mode)[0].value for mode in chosen.settings.modes}
    if any(len(chosen.settings.models_of(mode)) > 1 for mode in first):
        each = [f"{model} faults in {mode}" for mode, model in first.items()]
        said = ", ".join(each) if len(set(first.values())) > 1 else f"{next(iter(first.values()))} faults"
        typer.echo(f"shares are those of {said}")


def kernel_shares(
    profiled: Sequence[ProfiledLaunch], settings: Settings, exposed: Sequence[Exposed] = ()
) -> list[KernelShare]:
    """A row per kernel of the settings that is launched; shares of a mode add up to 1. ``exposed``: memory
    while each of the launches runs, for the mode MEM.
    """
    from sassafras.report.tables.kernels import KernelShare

    shares = {mode: _shares(profiled, settings, mode, exposed) for mode in settings.modes}
    rows = []
    for name in settings.kernels:
        items = [item for item in profiled if item.program.name == name]
        threads = sum(len(item.profile.thread_class) for item in items)
        issued = sum(int(item.profile.issued.sum(axis=1) @ item.profile.threads_per_class) for item in items)
        if items:
            by_mode = {mode: shares[mode].get(name, 0.0) for mode in settings.modes}
            rows.append(KernelShare(name, len(items), threads, issued, by_mode))
    return rows


def _shares(
    profiled: Sequence[ProfiledLaunch], settings: Settings, mode: Mode, exposed: Sequence[Exposed]
) -> dict[str, float]:
    from sassafras.faults.memory import MemoryPopulation
    from sassafras.faults.model import Mode as Modes
    from sassafras.faults.population import Population
    from sassafras.faults.targets import Selection

    groups = None if settings.groups is None else frozenset(settings.groups)
    selection = Selection(mode, settings.models_of(mode)[0], groups)
    population: Sites
    if mode is Modes.MEM:
        population = MemoryPopulation(profiled, exposed, selection)
    else:
        population = Population(profiled, selection)
    shares: dict[str, float] = {}
    for item, sites in zip(profiled, population.sites_per_launch, strict=True):
        shares[item.program.name] = shares.get(item.program.name, 0.0) + sites / population.total
    return shares
