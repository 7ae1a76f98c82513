"""From options to a campaign on a workload file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sassafras.architectures.registry import architecture, architecture_of_device
from sassafras.cli.loudness import announce, phase
from sassafras.cli.names import choose_list
from sassafras.cli.options import Options
from sassafras.errors import UsageError
from sassafras.workload.own.source import OwnSource

if TYPE_CHECKING:
    from sassafras.architectures.architecture import Architecture
    from sassafras.cli.selection import Chosen
    from sassafras.workload.workload import Workload

#: Options that are of networks and their pictures.
OF_NETWORKS = (
    *("images", "cholec80", "split", "fit", "mean", "std", "frames", "frame_classes"),
    *("network", "weights", "names", "output", "multi_label"),
)
AUTO = "auto"  #: the architecture that the code is for
EVERY = "all"  #: the preset that other options start from, and every kernel


def select_own(options: Options, file: Path) -> Chosen:
    """As `selection.select`, for --workload."""
    from sassafras.cli.selection import Chosen, check_targets, make_settings

    for name in OF_NETWORKS:
        if getattr(options, name) is not None:
            raise UsageError(f"--{name.replace('_', '-')} is of networks: it cannot go with --workload")
    if options.preset not in (Options.preset, EVERY):
        raise UsageError(f"--preset {options.preset} is of networks: it cannot go with --workload")
    source = OwnSource(file)
    with phase("loading workload"):
        network = source.build(_target(options, source))
    kernels = None if options.kernels is None else _kernels(options.kernels, network)
    settings = make_settings(replace(options, preset=EVERY, kernels=None, arch=None, device=None))
    changes = {} if kernels is None or options.faults is not None else {"kernels": kernels}
    chosen = {"arch": network.architecture.name, "device": options.device}
    settings = settings.model_copy(update=chosen | changes).for_network(network)
    programs = {p.kernel: p.spec.code(network.architecture) for p in network.plan}
    if settings.faults is None:
        check_targets(settings, [programs[name] for name in settings.kernels])
    for name in network.unset:
        announce(f"{network.name}: {name} is not initialised: it holds bytes of {0xFF:#x}")
    return Chosen(settings, network, network.given_inputs, source)


def _target(options: Options, source: OwnSource) -> Architecture:
    """The architecture that is asked for, or the file's. Raises UsageError."""
    if options.device is not None:
        chosen = None if options.arch == AUTO else options.arch
        name = architecture_of_device(options.device, chosen).name
    else:
        name = source.arch_of_code() if options.arch == AUTO else options.arch or source.arch
    return architecture(name, options.device, options.tensor_cores == "modelled")


def _kernels(text: str, network: Workload) -> tuple[str, ...]:
    launched = tuple(dict.fromkeys(planned.kernel for planned in network.plan))
    known = {EVERY: launched} | {name: (name,) for name in launched}
    chosen = choose_list("kernel", text, known)
    return tuple(dict.fromkeys(name for names in chosen for name in names))
