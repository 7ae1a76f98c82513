"""The recipe "an architecture" of a known family, followed: one file."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.adding.tree import copied

FILE = "architectures/sm_55.py"
ARCHITECTURE = '''"""A made-up one."""

from sassafras.architectures.allocator import BEFORE_PASCAL
from sassafras.architectures.architecture import Architecture
from sassafras.architectures.multiprocessor import KIB, Multiprocessor
from sassafras.isa.family import MAXWELL

ARCHITECTURE = Architecture(
    "sm_55",
    MAXWELL,
    multiprocessor=Multiprocessor(warps=16, blocks=2, shared_bytes=64 * KIB, shared_unit=512),
    allocator=BEFORE_PASCAL,
)
'''

ASKED = """
import numpy as np
from tests.emulator.bench import listing
from typer.testing import CliRunner

from sassafras.architectures.registry import architecture, architectures, program_of
from sassafras.cli.main import app
from sassafras.emulator.context import LaunchContext
from sassafras.emulator.launch import Launch
from sassafras.emulator.machine import Machine
from sassafras.emulator.memory import DeviceMemory, lay_out
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter
from sassafras.kernels.occupancy import allocation
from sassafras.kernels.programs import load_program

names = list(architectures())
assert names.index("sm_53") < names.index("sm_55") < names.index("sm_60")
rules = architecture("sm_55").allocation_rules()
print("known")

lines = ("MOV R0, c[0x0][0x140]", "MOV R1, c[0x0][0x144]", "MOV32I R2, 0x2a", "STG.E [R0], R2", "EXIT")
metadata = KernelMetadata("k", "sm_55", 8, 0, 0x140, (Parameter(0, 0, 8),))
program = program_of(listing(lines), metadata)
assert program.architecture is architecture("sm_55")
memory = DeviceMemory(lay_out([("out", 4)], rules))
launch = Launch((1, 1, 1), (1, 1, 1), memory.layout["out"].address.to_bytes(8, "little"), shared_bytes=1)
assert Machine(program).run(launch, memory).trap is None
assert memory.array(memory.layout["out"].address, 1, np.int32)[0] == 42
assert LaunchContext(program, launch, memory, 1).shared.nbytes == 512
limits = architecture("sm_55").limits()
assert allocation(limits, 1, program, 100, 32).resident == 2
print("runs")

one = load_program("softmax", "sm_55")
assert one.architecture is architecture("sm_55")
assert one.instructions == load_program("softmax", "sm_50").instructions and one.digest
shown = CliRunner().invoke(app, ["kernels", "--arch", "sm_55"])
assert (shown.exit_code, "sm_55" in shown.stdout) == (0, True), shown.output
print("has machine code")
"""


def bundled(listings: Path) -> None:
    """What `make bundle` would make for the new one: the machine code of the other member of its family."""
    shutil.copytree(listings / "sm_50", listings / "sm_55")
    for path in (listings / "sm_55").glob("*.json"):
        path.write_text(path.read_text("utf-8").replace('"sm_50"', '"sm_55"'), "utf-8")


def test_an_architecture_of_a_known_family_is_a_file(tmp_path: Path) -> None:
    tree = copied(tmp_path)
    tree.make(FILE, ARCHITECTURE)
    bundled(tree.source / "sassafras" / "kernels" / "listings")
    assert tree.python(ASKED, tmp_path) == "known\nruns\nhas machine code\n"
    assert tree.touched == {FILE}
