"""Hardening of a workload of the user's own kernels, for the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.errors import CampaignInterrupted, UsageError
from sassafras.workload.own.load import OwnWorkload

if TYPE_CHECKING:
    from sassafras.analysis.exposure import Failures
    from sassafras.campaign.campaign import Campaign
    from sassafras.hardening.mcnemar import Paired
    from sassafras.hardening.own_variants import Bits, Choice
    from sassafras.hardening.study import Wish
    from sassafras.progress import Progress
    from sassafras.workload.workload import Workload


def is_own(workload: Workload) -> bool:
    """Whether a workload is one of a file."""
    return isinstance(workload, OwnWorkload)


def harden_own(campaign: Campaign, wish: Wish, workers: int, *, gpu: bool) -> Path:
    """Protect the workload as is wished, inject, and say what that gains; returns the store of what was run
    last. With no wish: run it three times, then every technique of the file in all kernels that have it.
    Raises UsageError for what is of bundled kernels.
    """
    from sassafras.hardening.own_variants import choices, parse_choice
    from sassafras.hardening.study import check_plain

    for option, value in (
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
    workload = campaign.network
    assert isinstance(workload, OwnWorkload)
    chosen = None if wish.protect is None else parse_choice(workload, wish.protect)
    check_plain(campaign)
    if chosen is not None:
        return _variants(campaign, chosen, wish, workers)
    store = _three_runs(campaign, wish, workers)
    for each in choices(workload):
        store = _variants(campaign, each, wish, workers)
    return store


def _three_runs(campaign: Campaign, wish: Wish, workers: int) -> Path:
    from sassafras.hardening.triplicated import study_triplicated

    asked = wish.injections or campaign.settings.injections
    with _watched(campaign) as progress:
        found = study_triplicated(campaign, asked, workers, progress, wish.critical)
    opening = "protected: the whole program, run three times; the host votes bitwise on the outputs"
    cost = f"cost: {_added(found.overhead)} of the launches; the host's vote is not in it"
    _say(campaign, wish, opening, found.failures, [cost, *_errors(found.errors)], found.store)
    return found.store


def _variants(campaign: Campaign, chosen: Choice, wish: Wish, workers: int) -> Path:
    from sassafras.hardening.own_variants import said, study_variants

    asked = wish.injections or campaign.settings.injections
    with _watched(campaign) as progress:
        found = study_variants(campaign, chosen, asked, workers, progress, wish.critical)
    lines = [
        f"cost: {_added(found.overhead)} of the launches",
        f"without a fault: {_bits(found.bits)}",
        _same_faults(found.paired, found.no_counterpart),
        *_errors(found.errors + found.replay_errors),
    ]
    _say(campaign, wish, f"protected: {said(chosen)}", found.failures, lines, found.store)
    return found.store


@contextmanager
def _watched(campaign: Campaign) -> Iterator[Progress]:
    """Progress on stderr; where it is stopped, what to do."""
    from rich.console import Console

    from sassafras.cli.progress import shown_progress

    try:
        with shown_progress(Console(stderr=True)) as progress:
            yield progress
    except KeyboardInterrupt as interrupt:
        raise CampaignInterrupted(
            f"stopped: what is finished is stored in {campaign.folder / 'harden'}; run the same command again"
        ) from interrupt


def _added(overhead: float | None) -> str:
    return "not modelled" if overhead is None else f"{overhead * 100:+.1f} % modelled time"


def _bits(bits: Bits) -> str:
    inputs = f"{bits.inputs} input{'s' * (bits.inputs != 1)}"
    if not bits.other:
        return f"the outputs are the plain program's in every bit, on {inputs}"
    return f"the outputs differ on {bits.other} of {inputs}, by at most {bits.largest_change:.3g}"


def _same_faults(pairs: Paired, others: int) -> str:
    return (
        f"the same faults: {pairs.pairs} of {pairs.pairs + others} exist here; of them {pairs.before} were "
        f"critical, {pairs.after} are (McNemar p = {pairs.p_value:.2g})"
    )


def _errors(count: int) -> list[str]:
    return [f"{count} faults ended in errors of ours"] if count else []


def _say(
    campaign: Campaign,
    wish: Wish,
    opening: str,
    found: tuple[Failures, ...],
    lines: list[str],
    store: Path,
) -> None:
    from rich.console import Console

    from sassafras.cli.loudness import is_quiet
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.failures import failure_rows, failures

    console = Console()
    if not is_quiet():
        console.print(opening, "", sep="\n", highlight=False, soft_wrap=True)
        tables = failures(failure_rows(found), wish.critical)
        print_tables(console, tables, campaign.network.vocabulary)
        for line in lines:
            console.print(line, highlight=False, soft_wrap=True)
    console.print(f"rows:    {store}", highlight=False, soft_wrap=True)
