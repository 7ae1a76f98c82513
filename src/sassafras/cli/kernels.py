"""``sassafras kernels``: the list of kernels, or the listing of one with dynamic counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import completion
from sassafras.cli import options as given
from sassafras.cli.completion import one_of
from sassafras.cli.options import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sassafras.cli.selection import Chosen
    from sassafras.faults.population import ProfiledLaunch


def kernels(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[KERNEL]",
            help="Print this kernel's listing.",
            autocompletion=one_of(completion.kernels),
        ),
    ] = None,
    launch: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Count one launch only: N is its position in the launch plan."),
    ] = None,
    arch: given.Arch = None,
    seed: given.Seed = None,
    workers: given.Workers = None,
) -> None:
    """List the kernels, or print the listing of one.

    Beside each instruction stand its dynamic counts in one golden inference.
    """
    from sassafras.errors import UsageError

    if name is not None:
        _print_listing(name, launch, arch, seed, workers)
    elif launch is not None:
        raise UsageError("--launch needs a kernel: sassafras kernels KERNEL --launch N")
    else:
        _print_list(arch)


def _print_list(arch: str | None) -> None:
    from rich.console import Console

    from sassafras.cli.selection import make_settings
    from sassafras.kernels.programs import load_program
    from sassafras.kernels.registry import KERNELS
    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.tables.kernels import KernelFacts, kernels

    launches = launches_per_inference()
    settings = make_settings(Options(arch=arch))
    programs = [load_program(name, settings.arch) for name in KERNELS]
    facts = [
        KernelFacts(p.name, p.register_count, len(p.instructions), launches.get(p.name, 0)) for p in programs
    ]
    caption = "launches: of one inference of alexnet; layer: see the paper's Table 1"
    print_table(Console(), kernels(facts, f"Kernels, {settings.arch}", caption))


def launches_per_inference() -> dict[str, int]:
    """Launches of each kernel in an inference of the bundled network, quickly: from its graph alone."""
    from collections import Counter

    from sassafras.network.alexnet import ALEXNET

    return Counter(call.kernel for node in ALEXNET.graph.nodes for call in node.calls(lambda _: 0))


def _print_listing(
    name: str, launch: int | None, arch: str | None, seed: int | None, workers: int | None
) -> None:
    from rich.console import Console

    from sassafras.cli.cores import available_cores
    from sassafras.cli.golden import chosen_images, golden_profiles
    from sassafras.cli.names import choose
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select
    from sassafras.kernels.registry import KERNELS
    from sassafras.report.listing import listing_lines

    kernel = choose("kernel", name, {known: known for known in KERNELS})
    chosen = select(Options(kernels=kernel, arch=arch, seed=seed, frames=1, modes="RF"))
    numbers = _launches(chosen, kernel, launch)
    with shown_progress(Console(stderr=True)) as progress:
        images = chosen_images(chosen)
        profiled = golden_profiles(chosen, images, numbers, workers or available_cores(), progress)
    program = profiled[0].program
    made = f"{kernel}, {program.architecture.name}: {program.register_count} registers"
    typer.echo(f"{made}, {_counted(chosen, numbers)}")
    for line in listing_lines(program, *(counts.tolist() for counts in dynamic_counts(profiled))):
        typer.echo(line)


def _launches(chosen: Chosen, kernel: str, launch: int | None) -> list[int]:
    from sassafras.errors import UsageError

    layers = {p.index: p.part for p in chosen.network.plan if p.kernel == kernel}
    if launch is None:
        return list(layers)
    if launch not in layers:
        known = ", ".join(f"{index} (layer {layer})" for index, layer in layers.items())
        raise UsageError(
            f"launch {launch} of {chosen.network.name} is not one of {kernel}; its launches: {known}"
        )
    return [launch]


def _counted(chosen: Chosen, numbers: Sequence[int]) -> str:
    where = ", ".join(f"{number} (layer {chosen.network.plan[number].part})" for number in numbers)
    plural = "es" * (len(numbers) != 1)
    return f"counts over launch{plural} {where} of one golden inference of {chosen.network.name}"


def dynamic_counts(profiled: Sequence[ProfiledLaunch]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Dynamic thread-instructions over all these launches of one kernel: issued and executed, int64 per
    static instruction.
    """
    import numpy as np

    issued = np.sum([item.profile.threads_per_class @ item.profile.issued for item in profiled], axis=0)
    executed = np.sum([item.profile.threads_per_class @ item.profile.executed for item in profiled], axis=0)
    return issued.astype(np.int64), executed.astype(np.int64)
