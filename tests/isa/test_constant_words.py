"""Reads of the constant banks at fixed offsets: in place, or refused when the listing is loaded."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.isa.conftest import listing

from sassafras.architectures.registry import program_of
from sassafras.errors import ListingError
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.program import Parameter
from sassafras.toolchain.cubin import read_metadata

if TYPE_CHECKING:
    from tests.isa.conftest import Bundled

POINTER_AND_BYTE = (Parameter(0, 0, 8), Parameter(1, 8, 4), Parameter(2, 16, 8), Parameter(3, 24, 1))
METADATA = KernelMetadata("k", "sm_50", 32, 0, 0x140, POINTER_AND_BYTE, bytes(16))

GIVEN = (
    *(f"MOV R0, c[0x0][{offset:#x}]" for offset in (0x0, 0x4, 0x8, 0x10, 0x14, 0x1C, 0x20)),
    *(f"MOV R0, c[0x0][{offset:#x}]" for offset in (0xD0, 0xD4, 0xFC)),
    *(f"MOV R0, c[0x0][{offset:#x}]" for offset in (0x140, 0x144, 0x148, 0x150, 0x154, 0x158)),
    "IADD R0, R0, -c[0x0][0x148]",
    "XMAD R0, R1, c[0x0] [0x148].H1, R2",
    "DADD R0, R2, c[0x0][0x150]",
    "LDC.64 R0, c[0x0][0x150]",
    "LDC.U8 R0, c[0x0][0x151]",
    "LDC R0, c[0x0][R1+0x7000]",
    "MOV R0, c[0x2][0xc]",
)
MISSING = (
    *(f"MOV R0, c[0x0][{offset:#x}]" for offset in (0x24, 0x28, 0xCC, 0xD8, 0xF8, 0x100, 0x13C)),
    *(f"MOV R0, c[0x0][{offset:#x}]" for offset in (0x14C, 0x15C, 0x170, 0x3FFFFFF8)),
    "FFMA R0, R1, R2, c[0x0][0x15c]",
    "DADD R0, R2, c[0x0][0x148]",
    "DADD R0, R2, c[0x0][0x158]",
    "LDC R0, c[0x0][0x15c]",
    "LDC.128 R0, c[0x0][0x150]",
    "LDC R0, c[0x0][RZ+0x170]",
)
MISALIGNED = (
    "MOV R0, c[0x0][0x141]",
    "MOV R0, c[0x0][0x142]",
    "XMAD R0, R1, c[0x0] [0x14a], R2",
    "DADD R0, R2, c[0x0][0x144]",
    "LDC.U16 R0, c[0x0][0x141]",
    "LDC.64 R0, c[0x0][0x144]",
    "MOV R0, c[0x2][0x6]",
)


@pytest.mark.parametrize("text", GIVEN)
def test_what_a_launch_gives_is_read(text: str) -> None:
    assert program_of(listing(text), METADATA).instructions[0].text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [*((text, "neither a parameter") for text in MISSING), *((text, "aligned") for text in MISALIGNED)],
)
def test_everything_else_is_refused_by_name(text: str, reason: str) -> None:
    with pytest.raises(ListingError, match=rf'^k\+0x0010: "{re.escape(text)}": .*{reason}'):
        program_of(listing("NOP", text, "EXIT"), METADATA)


@pytest.mark.parametrize(
    ("base", "parameters"),
    [
        (0x0, (Parameter(0, 0, 8),)),
        (0x160, (Parameter(0, 0, 8),)),
        (0x140, (Parameter(0, 0, 8), Parameter(1, 4, 4))),
        (0x140, (Parameter(0, 0, 8), Parameter(2, 8, 4))),
        (0x140, (Parameter(0, 0, 0),)),
        (0x140, (Parameter(0, 0, 4097),)),
        (0x140, (Parameter(0, 0xFFFF, 4),)),
    ],
)
def test_damaged_parameter_information_is_refused(base: int, parameters: tuple[Parameter, ...]) -> None:
    with pytest.raises(ListingError, match=r"^k: the parameter information is damaged"):
        program_of(listing("EXIT"), replace(METADATA, parameter_base=base, parameters=parameters))


def test_a_bundled_kernel_without_any_one_parameter_is_refused(bundled: Bundled) -> None:
    """As a cubin whose parameter information lost its last entry reads."""
    metadata = read_metadata(bundled.cubin, bundled.name)
    with pytest.raises(ListingError, match=rf'^{bundled.name}\+0x[0-9a-f]{{4}}: ".*": c\[0x0\]'):
        program_of(bundled.text, replace(metadata, parameters=metadata.parameters[:-1]))
