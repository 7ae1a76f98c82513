"""Hardening of a workload of the user's own kernels, for the command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.errors import CampaignInterrupted, UsageError
from sassafras.workload.own.load import OwnWorkload

if TYPE_CHECKING:
    from sassafras.campaign.campaign import Campaign
    from sassafras.hardening.study import Wish
    from sassafras.workload.workload import Workload


def is_own(workload: Workload) -> bool:
    """Whether a workload is one of a file."""
    return isinstance(workload, OwnWorkload)


def harden_own(campaign: Campaign, wish: Wish, workers: int, *, gpu: bool) -> Path:
    """Run the workload three times, inject, and say what that gains; returns the store. Raises UsageError for
    what is of bundled kernels.
    """
    from rich.console import Console

    from sassafras.cli.loudness import is_quiet
    from sassafras.cli.progress import shown_progress
    from sassafras.hardening.study import check_plain
    from sassafras.hardening.triplicated import study_triplicated
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.failures import failure_rows, failures

    for option, value in (
        ("--protect", wish.protect),
        ("--plan", wish.plan),
        ("--budget", wish.budget),
        ("--target", wish.target),
        ("--gpu", gpu or None),
    ):
        if value is not None:
            raise UsageError(
                f"{option} is of the kernels of networks: {campaign.network.name} has kernels of its own; "
                "without it the whole program is run three times, and the outputs are voted on"
            )
    check_plain(campaign)
    try:
        with shown_progress(Console(stderr=True)) as progress:
            asked = wish.injections or campaign.settings.injections
            found = study_triplicated(campaign, asked, workers, progress, wish.critical)
    except KeyboardInterrupt as interrupt:
        raise CampaignInterrupted(
            f"stopped: what is finished is stored in {campaign.folder / 'harden'}; run the same command again"
        ) from interrupt
    console, vocabulary = Console(), campaign.network.vocabulary
    if not is_quiet():
        lines = ["protected: the whole program, run three times; the host votes bitwise on the outputs", ""]
        cost = "not modelled" if found.overhead is None else f"+{found.overhead * 100:.1f} % modelled time"
        console.print(*lines, sep="\n", highlight=False)
        print_tables(console, failures(failure_rows(found.failures), wish.critical), vocabulary)
        console.print(f"cost: {cost} of the launches; the host's vote is not in it", highlight=False)
        if found.errors:
            console.print(f"{found.errors} faults ended in errors of ours", highlight=False)
    console.print(f"rows:    {found.store}", highlight=False, soft_wrap=True)
    return found.store
