"""``sassafras verify``: whether the parts of Sassafras agree with each other on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import options as given
from sassafras.cli.options import Options

if TYPE_CHECKING:
    from sassafras.verify.check import SelfCheck

FAILED = 1


@given.taking(
    (
        "arch",
        "workload",
        "tensor_cores",
        "images",
        "cholec80",
        "split",
        "fit",
        "mean",
        "std",
        "network",
        "weights",
        "names",
        "output",
    )
)
def verify(
    full: Annotated[
        bool, typer.Option("--full", help="Every launch of an inference instead of samples: minutes.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=2**63 - 1, help="Decides which blocks and threads are sampled."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=given.MOST_WORKERS,
            help="Threads of --full; the result is the same [default: cores]",
        ),
    ] = None,
    *,
    options: given.Options,
) -> None:
    """Check machine code, twins, and faults whose outcomes are known.

    Every campaign begins with the short form. Exit code 1 when a check fails.
    """
    from rich.console import Console

    from sassafras.cli.cores import available_cores
    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.tables.kernels import checks

    frames = 1 if options.workload is None else None
    chosen = replace(options, preset="all", frames=frames, seed=seed)
    found = self_check(chosen, workers or available_cores(), full=full)
    print_table(Console(), checks(found))
    failed = sum(not check.passed for check in found.checks)
    if failed:
        typer.echo(f"{failed} of {len(found.checks)} checks failed: trust no result of this installation")
        raise typer.Exit(FAILED)
    typer.echo(f"{len(found.checks)} checks passed ({found.form} form)")


def self_check(options: Options, threads: int, *, full: bool) -> SelfCheck:
    """Run the self-check on the first frame of a selection. Raises SassafrasError."""
    from rich.console import Console

    from sassafras.cli.golden import chosen_images
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select
    from sassafras.simulation.workbench import Workbench
    from sassafras.verify.samples import Sampling
    from sassafras.verify.self_check import full_check, short_check

    chosen = select(options)
    bench = Workbench(chosen.network, chosen_images(chosen)[:1])
    seed = chosen.settings.seed
    if not full:
        return short_check(bench, 0, Sampling(chosen.settings.kernels, seed))
    with shown_progress(Console(stderr=True)) as progress:
        return full_check(bench, 0, threads, seed, progress)
