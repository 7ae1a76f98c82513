"""Of every form that the opcode table takes an oracle looks at the modifiers, each with each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations

import pytest
from tests.emulator.forms import forms, parsed
from tests.emulator.oracles import head, heads_with_oracle
from tests.emulator.recording import RecordingFunction
from tests.emulator.test_refusals import DEFAULT_ROUNDING, HINTS

from sassafras.emulator.semantics.registry import implemented
from sassafras.errors import ListingError
from sassafras.isa.family import MAXWELL as MAXWELL_FAMILY
from sassafras.isa.opcodes import MAXWELL

Pair = tuple[str, str]
pytestmark = pytest.mark.long  # test_refusals has a shorter one, of each modifier alone

#: Pairs without an oracle, how many, and why that is so. The numbers may only fall.
_TYPES = "each operand's type has one, not each type of one with each of the other's"
OPEN: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("VABSDIFF", "VADD", "VMAD", "VMNMX", "VSET", "VSHL", "VSHR"), (17, _TYPES)),
    "MUFU": (5, "saturation has one with RCP, each function has its own in test_transcendental"),
    "F2I": (2, "PTX flushes operands of type f32 only: compilers print neither"),
    "BAR": (3, "compilers print the operation of RED only"),
}


@cache
def pairs_with_oracle() -> dict[str, frozenset[Pair]]:
    found: dict[str, set[Pair]] = defaultdict(set)
    for opcode, modifiers in heads_with_oracle():
        found[opcode] |= set(combinations(sorted(modifiers), 2))
    return {opcode: frozenset(pairs) for opcode, pairs in found.items()}


def compiled(opcode: str) -> Iterator[frozenset[str]]:
    """The modifiers of forms that are carried out, without those that change no value."""
    seen = set()
    for text in dict.fromkeys(forms(MAXWELL[opcode])):
        modifiers = head(text)[1] - HINTS.get(opcode, set()) - {DEFAULT_ROUNDING}
        program = None if modifiers in seen else parsed(text)
        if program is None:
            continue
        try:
            RecordingFunction(program, lambda i: i.index == 1).emit()
        except ListingError:
            continue
        seen.add(modifiers)
        yield modifiers


@pytest.mark.parametrize("opcode", sorted(implemented(MAXWELL_FAMILY)))
def test_every_two_modifiers_occur_together_before_an_oracle(opcode: str) -> None:
    with_oracle = pairs_with_oracle().get(opcode, frozenset())
    missing = {
        pair for modifiers in compiled(opcode) for pair in combinations(sorted(modifiers), 2)
    } - with_oracle
    allowed, _why = OPEN.get(opcode, (0, ""))
    assert len(missing) <= allowed, sorted(missing)
    assert opcode not in OPEN or missing
