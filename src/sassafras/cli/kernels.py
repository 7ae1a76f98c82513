"""``sassafras kernels``: the list of kernels, or the listing of one with dynamic counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from sassafras.cli import completion
from sassafras.cli import options as given
from sassafras.cli.completion import one_of
from sassafras.cli.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sassafras.cli.selection import Chosen
    from sassafras.faults.population import ProfiledLaunch
    from sassafras.isa.program import Program
    from sassafras.workload.vocabulary import Vocabulary


@given.taking(("workload", "arch", "tensor_cores", "seed"))
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
    workers: given.Workers = None,
    *,
    options: given.Options,
) -> None:
    """List the kernels, or print the listing of one.

    Beside each instruction stand its dynamic counts in one golden inference.
    """
    from sassafras.errors import UsageError

    if name is not None:
        _print_listing(name, launch, options, workers)
    elif launch is not None:
        raise UsageError("--launch needs a kernel: sassafras kernels KERNEL --launch N")
    elif options.workload is not None:
        _print_own_list(options)
    else:
        _print_list(options)


def _print_list(options: Options) -> None:
    from sassafras.cli.selection import make_settings
    from sassafras.kernels.programs import load_program
    from sassafras.kernels.registry import KERNELS
    from sassafras.workload.vocabulary import NETWORK

    settings = make_settings(options)
    programs = [load_program(name, settings.arch) for name in KERNELS]
    caption = "launches: of one inference of alexnet; layer: see the paper's Table 1"
    _print_facts(programs, launches_per_inference(), f"Kernels, {settings.arch}", caption, NETWORK)


def _print_own_list(options: Options) -> None:
    from collections import Counter

    from sassafras.cli.selection import select

    network = select(options).network
    programs = {p.kernel: p.spec.code(network.architecture) for p in network.plan}
    launches = Counter(p.kernel for p in network.plan)
    title = f"Kernels of {network.name}, {network.architecture.name}"
    _print_facts(list(programs.values()), launches, title, "launches: of one run", network.vocabulary)


def _print_facts(
    programs: Sequence[Program],
    launches: Mapping[str, int],
    title: str,
    caption: str,
    vocabulary: Vocabulary,
) -> None:
    from rich.console import Console

    from sassafras.report.renderers.terminal import print_table
    from sassafras.report.tables.kernels import KernelFacts, kernels

    facts = [
        KernelFacts(p.name, p.register_count, len(p.instructions), launches.get(p.name, 0)) for p in programs
    ]
    print_table(Console(), kernels(facts, title, caption), vocabulary)


def launches_per_inference() -> dict[str, int]:
    """Launches of each kernel in an inference of the bundled network, quickly: from its graph alone."""
    from collections import Counter

    from sassafras.network.alexnet import ALEXNET

    return Counter(call.kernel for node in ALEXNET.graph.nodes for call in node.calls(lambda _: 0))


def _print_listing(name: str, launch: int | None, options: Options, workers: int | None) -> None:
    from rich.console import Console

    from sassafras.cli.cores import available_cores
    from sassafras.cli.golden import chosen_images, golden_profiles
    from sassafras.cli.names import choose
    from sassafras.cli.progress import shown_progress
    from sassafras.cli.selection import select
    from sassafras.kernels.registry import KERNELS
    from sassafras.report.listing import listing_lines

    if options.workload is None:
        kernel = choose("kernel", name, {known: known for known in KERNELS})
        chosen = select(replace(options, kernels=kernel, frames=1, modes="RF"))
    else:
        chosen = select(replace(options, modes="RF"))
        kernel = choose("kernel", name, {planned.kernel: planned.kernel for planned in chosen.network.plan})
    numbers = _launches(chosen, kernel, launch)
    with shown_progress(Console(stderr=True)) as progress:
        images = chosen_images(chosen)
        profiled = golden_profiles(chosen, images, numbers, workers or available_cores(), progress)
    program = profiled[0].program
    made = f"{kernel}, {program.architecture.name}: {program.register_count} registers"
    typer.echo(f"{made}, {chosen.network.vocabulary.said(_counted(chosen, numbers))}")
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
            f"launch {launch} of {chosen.network.name} is not one of {kernel}; its launches: "
            f"{chosen.network.vocabulary.said(known)}"
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
