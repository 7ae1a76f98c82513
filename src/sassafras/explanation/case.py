"""A stored fault together with everything it takes to run it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sassafras.campaign.campaign import Campaign
from sassafras.campaign.execution.workers import ProcessPool, WorkerSetup
from sassafras.explanation.stored import find_row
from sassafras.faults.ids import number_of
from sassafras.faults.model import Draw
from sassafras.progress import Progress, Silence
from sassafras.simulation.injector import Injector
from sassafras.simulation.record import Injection
from sassafras.simulation.rules import Rules
from sassafras.simulation.workbench import Workbench
from sassafras.workload.inputs import Input


@dataclass(frozen=True, eq=False)
class Case:
    """A stored row, the draw it was made from, and an injector that makes it again.

    ``source``: the folder or file of the store, as given. ``bench``: of the network that was struck.
    """

    source: Path
    row: Injection
    draw: Draw
    bench: Workbench
    injector: Injector
    rules: Rules
    inputs: tuple[Input, ...]


def open_case(
    campaign: Campaign, text: str, progress: Progress | None = None, *, source: Path | None = None
) -> Case:
    """The case of the fault that a person means (``417``, ``IOV:417``). ``source``: what to call the store.

    Raises UsageError and CampaignError as `stored.find_row` does. Golden profiles are taken from the cache;
    where it has lost them they are made again.
    """
    row = find_row(campaign, text)
    profile_again(campaign, progress or Silence())
    (draw,) = campaign.draws([number_of(row.id)])
    bench, rules = workbench_of(campaign), rules_of(campaign)
    where, injector = source or campaign.folder, Injector(bench, rules)
    return Case(where, row, draw, bench, injector, rules, campaign.images)


def rules_of(campaign: Campaign) -> Rules:
    """The rules by which a campaign injects."""
    return campaign.settings.rules


def workbench_of(campaign: Campaign) -> Workbench:
    """A workbench of a campaign's network and frames."""
    return Workbench(campaign.network, campaign.images)


def profile_again(campaign: Campaign, progress: Progress) -> None:
    """Give a campaign that has been opened its golden profiles: a fault's draw depends on all of them."""
    setup = WorkerSetup(campaign.network, campaign.images, rules_of(campaign))
    with ProcessPool(setup, 1) as pool:
        campaign.profile(pool, progress)
