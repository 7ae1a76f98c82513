"""``sassafras compare DIR --models LIST``: the fault models of one campaign beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.cli.of_architectures import check_no_campaign
from sassafras.cli.options import Options
from sassafras.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from sassafras.analysis.sensitivity import Sensitivity
    from sassafras.campaign.campaign import Campaign
    from sassafras.faults.model import FaultModel, Mode
    from sassafras.faults.shared_sites import SharedSites
    from sassafras.progress import Progress


def show_models(places: Sequence[Path], options: Options, out: Path | None, tolerance: float) -> None:
    """Print how much verdicts depend on the model. Raises SassafrasError."""
    from rich.console import Console

    from sassafras.cli.progress import shown_progress
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.sensitivity import sensitivity_lines, sensitivity_tables

    check_no_campaign(replace(options, models=None))
    if len(places) != 1:
        raise UsageError(
            "--models compares models of one campaign: give its folder alone (sassafras run --models "
            "LIST makes one with several)"
        )
    if out is not None:
        raise UsageError("--models prints tables, and writes no page: leave --out out")
    with shown_progress(Console(stderr=True)) as progress:
        found, campaign = sensitivity_of(places[0], options.models or [], tolerance, progress)
    console, words = Console(), campaign.source.vocabulary
    print_tables(console, sensitivity_tables(found), words)
    for line in sensitivity_lines(found):
        console.print(words.said(line), highlight=False, markup=False)


def sensitivity_of(
    place: Path, texts: Sequence[str], tolerance: float, progress: Progress
) -> tuple[Sensitivity, Campaign]:
    """Of a campaign in a folder. Raises SassafrasError."""
    from sassafras.analysis.own import demand_sample
    from sassafras.analysis.sensitivity import sensitivity
    from sassafras.campaign.finished import read_finished
    from sassafras.campaign.source import open_campaign
    from sassafras.cli.options import criticality
    from sassafras.explanation.case import profile_again

    critical = criticality(tolerance)
    rows = read_finished(place).injections  # complete, or refused
    campaign, _ = open_campaign(place)
    settings = campaign.settings
    demand_sample(place, settings)
    if settings.stratify is not None or settings.until is not None:
        raise UsageError(
            f"{place}: its rows do not count alike (--stratify, --until): models are not compared"
        )
    models = chosen_models(campaign, texts)
    modes = [mode for mode in settings.modes if set(models) <= set(settings.models_of(mode))]
    profile_again(campaign, progress)
    own = rows[rows["model"].isin(list(models)) & rows["mode"].isin([mode.value for mode in modes])]
    sites = [sites_of(campaign, mode, models) for mode in modes]
    kept = own[on_shared_sites(campaign, own, models)]
    return sensitivity(kept, len(own), models, sites, critical), campaign


def chosen_models(campaign: Campaign, texts: Sequence[str]) -> tuple[FaultModel, ...]:
    """The models that a list names, in its order. Raises UsageError for one that the campaign does not have,
    where there are fewer than two, and where no mode has them all.
    """
    from sassafras.cli.names import choose_list

    settings = campaign.settings
    known = {str(model): model for model in settings.used_models}
    names = {name.removesuffix(".toml"): name for name in ",".join(texts).split(",")}
    models = tuple(dict.fromkeys(choose_list("fault model of the campaign", ",".join(names), known)))
    if len(models) < 2:
        raise UsageError(f"--models {','.join(texts)}: give at least two models of the campaign")
    if not any(set(models) <= set(settings.models_of(mode)) for mode in settings.modes):
        raise UsageError(f"{campaign.folder} has no mode with all of {', '.join(models)}")
    return models


def sites_of(campaign: Campaign, mode: Mode, models: Sequence[FaultModel]) -> SharedSites:
    """The sites that models share in a mode."""
    from sassafras.faults.model import Mode as Modes
    from sassafras.faults.shared_sites import SharedSites as Sites
    from sassafras.faults.shared_sites import shared_sites

    if mode is Modes.MEM:
        cells = [cell for cell in campaign.census if cell.mode is mode]
        totals = [(model, sum(cell.sites for cell in cells if cell.model == model)) for model in models]
        return Sites(mode, totals[0][1], tuple(totals))
    groups = campaign.settings.rules.groups
    return shared_sites(campaign.profiled_launches(), mode, models, groups)


def on_shared_sites(campaign: Campaign, rows: pd.DataFrame, models: Sequence[FaultModel]) -> list[bool]:
    """Of each injection, whether its site is one that all models have."""
    from sassafras.faults.model import Mode as Modes
    from sassafras.faults.shared_sites import shared_mask

    plan, target, groups = (
        campaign.network.plan,
        campaign.network.architecture,
        campaign.settings.rules.groups,
    )
    known: dict[tuple[str, str], dict[int, bool]] = {}
    found = []
    for mode, launch, offset in zip(rows["mode"], rows["launch"], rows["offset"], strict=True):
        if mode == Modes.MEM.value:
            found.append(True)
            continue
        key = mode, plan[launch].program
        if key not in known:
            program = plan[launch].spec.code(target)
            mask = shared_mask(program, Modes(mode), models, groups).tolist()
            known[key] = {i.offset: on for i, on in zip(program.instructions, mask, strict=True)}
        found.append(known[key][offset])
    return found
