"""A kernel padded with instructions whose results nobody reads: the same answers, a longer program."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

import pytest
from tests.isa.conftest import sm_50_offset

from sassafras.architectures.registry import program_of
from sassafras.isa.program import Program
from sassafras.kernels import programs
from sassafras.kernels.registry import KERNELS
from sassafras.network.network import Network
from sassafras.network.plan import make_plan
from sassafras.toolchain.record import BundleRecord, bundle_paths
from sassafras.workload.launches import PlannedLaunch

KERNEL = "add_bias"
PADDED = "add_bias_padded"
DEAD = "IADD R11, R10, 0x1"  #: at the start: both registers are written again before anybody reads them
_INSTRUCTION = re.compile(r"/\*[0-9a-f]{4}\*/")


def padded_listing(text: str, count: int) -> str:
    """The listing with ``count`` dead instructions in front, and every instruction at its new offset."""
    lines = text.splitlines()
    first = next(k for k, line in enumerate(lines) if _INSTRUCTION.search(line))
    lines[first:first] = [f"        /*0000*/                   {DEAD} ;"] * count
    index = 0
    for k, line in enumerate(lines):
        if _INSTRUCTION.search(line):
            lines[k] = _INSTRUCTION.sub(f"/*{sm_50_offset(index):04x}*/", line, count=1)
            index += 1
    return "\n".join(lines).replace(KERNEL, PADDED) + "\n"


def padded_program(count: int) -> Program:
    """The machine code of `KERNEL`, padded."""
    paths = bundle_paths(programs.FOLDER, KERNEL, "sm_50")
    record = BundleRecord.from_text(paths.record.read_text("utf-8"), KERNEL)
    listing = padded_listing(paths.listing.read_text("utf-8"), count)
    return program_of(listing, replace(record.metadata, name=PADDED, code_bytes=0))


def remember_padded(count: int) -> None:
    """Let this process know `PADDED` as if it were bundled: programs are read once and remembered."""
    program = padded_program(count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "bundled_kernels", lambda _: (PADDED,))
        patch.setattr(programs, "read_program", lambda *_: program)
        programs.load_program(PADDED, "sm_50")


@dataclass(frozen=True, eq=False)
class PaddedNetwork(Network):
    """A network whose `KERNEL` is the padded one."""

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """The plain launches, with the padded machine code."""
        variant = replace(KERNELS[KERNEL], name=PADDED)
        return tuple(
            replace(planned, variant=variant) if planned.kernel == KERNEL else planned
            for planned in make_plan(self.layers, self.layout)
        )


def padded(network: Network) -> PaddedNetwork:
    """The network with the padded kernel."""
    return PaddedNetwork(
        network.name, network.graph, network.classes, network.parameters, network.known_digest
    )
