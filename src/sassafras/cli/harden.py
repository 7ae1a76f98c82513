"""``sassafras harden``: what to protect, what it costs, what is left."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import completion
from sassafras.cli import options as given
from sassafras.cli.completion import one_of
from sassafras.cli.judging import FailIf, Junit, judge_store, read_conditions

if TYPE_CHECKING:
    from rich.console import Console

    from sassafras.hardening.study import Study, Wish


def harden(
    folder: given.Finished,
    protect: Annotated[
        str | None, typer.Option(metavar="LIST", help="Kernels and techniques: gemm=checksum,network=guard")
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(
            metavar="shs|dmr|tmr|abft",
            help="A named plan [default: shs]",
            autocompletion=one_of(completion.plans),
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Kernels that shs protects [default: 2]")
    ] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Pick the best plan with at most this overhead: 5%")
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Critical faults that may be left: 0.1%")
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="What failures weigh [default: critical=1,due=0.1,detected=0.1]"),
    ] = None,
    injections: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Faults per mode into the hardened program [default: DIR's]"),
    ] = None,
    gpu: Annotated[
        bool, typer.Option("--gpu", help="Measure milliseconds on this machine's NVIDIA GPU too.")
    ] = False,
    tolerance: given.Tolerance = 0.0,
    workers: given.Workers = None,
    fail_if: FailIf = None,
    junit: Junit = None,
) -> None:
    """Protect kernels, inject again, report cost and what is left.

    Critical: a wrong class, an invalid output, or another change of at least --tolerance. Conditions are
    judged on the hardened program. Stopped by Ctrl-C, the same command goes on.
    """
    from sassafras.cli.cores import available_cores

    critical = given.criticality(tolerance)
    wish = make_wish(protect, plan, top, budget, target, injections, weights)
    wish = replace(wish, critical=critical)
    conditions = read_conditions(fail_if, junit)
    hardened = study_hardening(folder, wish, workers or available_cores(), gpu=gpu)
    judge_store(hardened, conditions, junit, critical)


def make_wish(
    protect: str | None,
    plan: str | None,
    top: int | None,
    budget: str | None,
    target: str | None,
    injections: int | None,
    weights: str | None = None,
) -> Wish:
    """What the options ask for. Raises UsageError for values that mean nothing or contradict each other."""
    from sassafras.cli.names import choose
    from sassafras.errors import UsageError
    from sassafras.hardening.fates import USUAL, parse_weights
    from sassafras.hardening.plan import PlanName
    from sassafras.hardening.study import Wish

    if protect is not None and plan is not None:
        raise UsageError("--protect and --plan both say what to protect; give one of them")
    if budget is not None and (protect is not None or plan is not None):
        raise UsageError("--budget picks a plan; it cannot go with --protect or --plan")
    name = None if plan is None else choose("plan", plan, {p.value: p for p in PlanName})
    shares = {"--budget": budget, "--target": target}
    parsed = {option: None if text is None else parse_share(option, text) for option, text in shares.items()}
    weighed = USUAL if weights is None else parse_weights(weights)
    return Wish(protect, name, top, parsed["--budget"], parsed["--target"], injections, weighed)


def parse_share(option: str, text: str) -> float:
    """Read a share: 5% and 0.05 are the same. Raises UsageError."""
    from sassafras.errors import UsageError

    number = text.strip()
    try:
        value = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise UsageError(f"{option} {text}: give a share such as 5% or 0.05")
    return value


def study_hardening(folder: Path, wish: Wish, workers: int, *, gpu: bool = False) -> Path:
    """Run a study in a campaign's folder and report on it; returns the store of the hardened program's own
    campaign. Raises SassafrasError.

    ``gpu``: measure on a GPU too; whether there is one is asked before anything else is done.
    """
    from rich.console import Console

    from sassafras.analysis.results import read_results
    from sassafras.campaign.record import on_record
    from sassafras.campaign.source import check_finished, open_campaign
    from sassafras.cli.harden_own import harden_own, is_own
    from sassafras.cli.loudness import phase
    from sassafras.cli.progress import shown_progress
    from sassafras.errors import CampaignInterrupted
    from sassafras.hardening.evaluate import fresh_store
    from sassafras.hardening.gpu.cuda import open_gpu
    from sassafras.hardening.study import measured, study
    from sassafras.report.figures.registry import hardening_figures
    from sassafras.report.harden_json import known_coverages, write_harden_json, write_harden_text
    from sassafras.report.page.hardened import hardening_of
    from sassafras.report.page.render import write_page
    from sassafras.report.write import begin_figures

    with phase("loading network"):
        campaign, source = open_campaign(folder)
    check_finished(campaign)
    if is_own(campaign.network):
        return harden_own(campaign, wish, workers, gpu=gpu)
    driver = open_gpu() if gpu else None
    known = known_coverages(campaign, wish.critical)
    try:
        with shown_progress(Console(stderr=True)) as progress:
            found = study(campaign, wish, known, workers, progress)
            if driver is not None:
                found = measured(found, driver, progress)
    except KeyboardInterrupt as interrupt:
        raise CampaignInterrupted(
            f"stopped: what is finished is stored in {folder / 'harden'}; run the same command again to go on"
        ) from interrupt
    record, shape = on_record(campaign)
    before = read_results(record, shape, synthetic=source.is_synthetic, critical=wish.critical)
    figures = hardening_figures(hardening_of(found, before))
    kinds = ("png", "svg")
    with phase("writing report"), begin_figures(folder / "figures", figures, workers, kinds) as drawing:
        text = write_harden_text(found, folder)
        numbers = write_harden_json(found)
        page = write_page(record, shape, before)
        drawing.finish()
    _say(answers := Console(), found)
    for line in (
        f"page:    {page}",
        f"tables:  {text} (or: the same command with --verbose)",
        f"numbers: {numbers}",
        f"figures: {folder / 'figures'}{os.sep}harden_*.png, .svg",
        f"rows:    {folder / 'harden'}{os.sep}*.sqlite",
    ):
        answers.print(line, highlight=False, soft_wrap=True)
    return fresh_store(folder, found.protection)


def _say(console: Console, found: Study) -> None:
    """What was protected, the failures before and after, the verdicts; of a verbose command every table, of a
    quiet one nothing.
    """
    from sassafras.cli.loudness import is_quiet, is_verbose
    from sassafras.report.harden_json import content
    from sassafras.report.harden_lines import closing_lines
    from sassafras.report.renderers.terminal import print_tables
    from sassafras.report.tables.harden import failures
    from sassafras.report.tables.registry import HARDEN

    if is_quiet():
        return
    console.print(f"protected: {found.protection}", "", sep="\n", highlight=False, soft_wrap=True)
    numbers = content(found)
    print_tables(console, HARDEN.of(numbers) if is_verbose() else failures(numbers))
    words = [] if found.critical.is_plain else [f"critical: {found.critical.words}"]
    for line in (*closing_lines(found), *words):
        console.print(line, highlight=False, soft_wrap=True)
