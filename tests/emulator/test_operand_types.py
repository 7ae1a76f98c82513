"""Modifiers whose meaning depends on the type of an operand."""

from __future__ import annotations

import pytest
from tests.emulator.bench import machine

from sassafras.emulator.armed import Stop
from sassafras.emulator.launch import Launch
from sassafras.emulator.memory import DeviceMemory, lay_out

A, B, C = 0x970C647C, 0x99FBCBDE, 0x43000000
_LOW = 0x647C * 0xCBDE  #: the product of the low halves, both unsigned


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (".S16.U16", 0x93057788),  # a public description's value: neither factor is < 0
        (".U16.U16", 0x93057788),
        ("", 0x93057788),
        (".U16.S16", _LOW - (0x647C << 16) + C - 65536 & 0xFFFFFFFF),
        (".S16.S16", _LOW - (0x647C << 16) + C - 65536 & 0xFFFFFFFF),
    ],
)
def test_xmad_csfu_corrects_for_signed_factors_only(types: str, expected: int) -> None:
    compiled = machine(
        f"MOV32I R4, {A:#x}",
        f"MOV32I R5, {B:#x}",
        f"MOV32I R6, {C:#x}",
        f"XMAD{types}.CSFU R0, R4, R5, R6",
        "EXIT",
        parameters=0,
    )
    armed = compiled.arm(Launch((1, 1, 1), (1, 1, 1), b""), DeviceMemory(lay_out([("a", 4)])), 0)
    assert armed.run(100) is Stop.FINISHED
    assert int(armed.registers(0)[0]) == expected
