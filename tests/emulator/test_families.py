"""An opcode may mean one thing in one family and another in the next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.emulator.bench import listing

from sassafras.architectures.architecture import Architecture
from sassafras.emulator.plain import PlainFunction
from sassafras.emulator.ports import Ports
from sassafras.emulator.semantics import registry
from sassafras.emulator.semantics.registry import Meanings, implemented, meaning
from sassafras.errors import ListingError
from sassafras.isa.family import AMPERE, HOPPER, MAXWELL, TURING, VOLTA
from sassafras.isa.metadata import KernelMetadata
from sassafras.isa.opcodes import TURING as TURING_OPCODES
from sassafras.isa.parser import parse_listing
from sassafras.isa.program import Instruction, Program

OTHER = replace(MAXWELL, name="another")


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Meanings:
    monkeypatch.setattr(registry, "_MEANINGS", dict(registry._MEANINGS))
    return Meanings(OTHER)


def emitted(*lines: str) -> Program:
    metadata = KernelMetadata("other", "sm_other", 8, 0, 0x140, ())
    program = parse_listing(listing(lines), metadata, Architecture("sm_other", OTHER))
    PlainFunction(program).emit()
    return program


def test_semantics_register_per_family(other: Meanings) -> None:
    seen: list[str] = []

    @other("IADD3", "EXIT")
    def take(p: Ports, i: Instruction) -> None:
        seen.append(i.text)

    emitted("IADD3 R0, R1, R2, R3", "EXIT")
    assert seen == ["IADD3 R0, R1, R2, R3", "EXIT"]
    assert meaning(OTHER, "IADD3") is take
    assert meaning(MAXWELL, "IADD3") not in (None, take)
    assert implemented(OTHER) == {"IADD3", "EXIT"} < implemented(MAXWELL)


def test_what_only_another_family_means_is_refused(other: Meanings) -> None:
    assert meaning(OTHER, "IADD3") is None
    with pytest.raises(ListingError, match=r"other \(sm_other\).*IADD3 has no meaning"):
        emitted("IADD3 R0, R1, R2, R3", "EXIT")
    with pytest.raises(ValueError, match="another has its semantics already"):
        Meanings(OTHER)
    assert other.by_opcode == {}


def test_a_family_without_semantics_has_none() -> None:
    assert implemented(VOLTA) == frozenset()
    assert meaning(VOLTA, "IADD3") is None


def test_families_that_share_their_opcodes_share_their_semantics() -> None:
    assert implemented(TURING) == implemented(AMPERE) == implemented(HOPPER) == frozenset(TURING_OPCODES)
    assert meaning(TURING, "IADD3") is meaning(HOPPER, "IADD3") is not meaning(MAXWELL, "IADD3")
