"""``sassafras compare --archs``: one campaign per architecture, run where it is missing, to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

from sassafras.cli.options import Options
from sassafras.errors import UsageError

#: Options of campaigns that are not to be compared: no samples, or parts of some.
LEFT_OUT = ("arch", "device", "shard", "faults", "workload")


def check_no_campaign(options: Options) -> None:
    """Raise UsageError for options that say how to run campaigns, where none is asked for."""
    for one in fields(Options):
        if getattr(options, one.name) != getattr(Options(), one.name):
            raise UsageError(
                f"--{one.name.replace('_', '-')} says how a campaign is run: it needs --archs, such as "
                f"--archs {_two()}"
            )


def run_each(archs: str, options: Options, out: Path, workers: int) -> Sequence[Path]:
    """Run the campaign on each of the architectures (names with commas between them), in folders of ``out``
    called as they are; what is stored already is not run again. Returns the folders.

    Raises SassafrasError.
    """
    from sassafras.cli.loudness import announce
    from sassafras.cli.run import study
    from sassafras.cli.selection import choose_architecture

    names = tuple(dict.fromkeys(name.strip() for name in archs.split(",")))
    if len(names) < 2:
        raise UsageError(f"--archs {archs}: give at least two architectures, such as {_two()}")
    for name in names:
        choose_architecture(name)
    for number, name in enumerate(names, 1):
        announce(f"campaign {number} of {len(names)}: {name}, in {out / name}")
        study(replace(options, arch=name), out / name, workers)
    return [out / name for name in names]


def _two() -> str:
    """Two architectures with machine code, for examples."""
    from sassafras.kernels.programs import bundled_architectures

    return ",".join(list(bundled_architectures())[:2])
