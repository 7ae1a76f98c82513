"""What the tests of machine code share: short programs written by hand, and the bundled listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.kernels.sample import listings

import sassafras
from sassafras.architectures.registry import program_of
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter, Program


def metadata_named(name: str = "k", registers: int = 255, arch: str = "sm_50") -> KernelMetadata:
    return KernelMetadata(name, arch, registers, 0, 0x140, (Parameter(0, 0, 0x100),))


def sm_50_offset(index: int) -> int:
    """Three instructions after each scheduling word of a 32-byte bundle."""
    return index // 3 * 32 + 8 + index % 3 * 8


def listing(*lines: str) -> str:
    """Listing text of instructions (offsets are added) and labels (lines that end in a colon)."""
    text, index = [], 0
    for line in lines:
        if line.endswith(":"):
            text.append(line)
            continue
        text.append(f"        /*{sm_50_offset(index):04x}*/                   {line} ;")
        index += 1
    return "\n".join(text)


Assemble = Callable[..., Program]


@pytest.fixture(scope="session")
def assemble() -> Assemble:
    """``assemble("MOV R0, R1", "here:", "EXIT")`` is the parsed program, with ``registers`` registers."""

    def make(*lines: str, registers: int = 255) -> Program:
        return program_of(listing(*lines), metadata_named(registers=registers))

    return make


@dataclass(frozen=True)
class Bundled:
    """A bundled kernel: its listing text and its cubin."""

    name: str
    text: str
    cubin: bytes


FOLDER = Path(sassafras.__file__).parent / "kernels" / "listings" / "sm_50"


def bundled_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.sass"))


@pytest.fixture(params=listings(bundled_names()))
def bundled(request: pytest.FixtureRequest) -> Bundled:
    name = str(request.param)
    return Bundled(
        name, (FOLDER / f"{name}.sass").read_text("utf-8"), (FOLDER / f"{name}.cubin").read_bytes()
    )
