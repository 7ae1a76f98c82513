"""What is known of each architecture, and how the rest is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.isa.conftest import listing, metadata_named

from sassafras.architectures.cards.gtx_750_ti import CARD as GTX_750_TI
from sassafras.architectures.registry import DEFAULT, architecture, architectures, name_of, program_of
from sassafras.errors import ListingError, UsageError
from sassafras.isa.family import MAXWELL, CodeLayout
from sassafras.isa.parser import parse_listing
from sassafras.kernels.programs import load_program

Thing = TypeVar("Thing")

#: name: family, most resident warps, whether the allocator is known (None: limits are not known)
KNOWN = {
    "sm_50": ("Maxwell and Pascal", 64, True),
    "sm_52": ("Maxwell and Pascal", 64, True),
    "sm_53": ("Maxwell and Pascal", None, True),
    "sm_60": ("Maxwell and Pascal", 64, False),
    "sm_61": ("Maxwell and Pascal", 64, False),
    "sm_62": ("Maxwell and Pascal", None, False),
    "sm_70": ("Volta", 64, False),
    "sm_75": ("Turing", 32, True),
    "sm_80": ("Ampere and Ada", 64, True),
    "sm_86": ("Ampere and Ada", 48, True),
    "sm_87": ("Ampere and Ada", 48, True),
    "sm_89": ("Ampere and Ada", 48, True),
    "sm_90": ("Hopper", 64, True),
    "sm_100": ("Blackwell", None, False),
    "sm_120": ("Blackwell", None, False),
}


def test_what_is_known() -> None:
    found = {
        name: (
            one.family.name,
            one.multiprocessor and one.multiprocessor.warps,
            one.allocator is not None,
        )
        for name, one in architectures().items()
    }
    assert list(found.items()) == list(KNOWN.items())
    assert all(name == one.name == name_of(int(name[3:])) for name, one in architectures().items())
    assert (
        architecture(DEFAULT).modelled_card() is GTX_750_TI
        and GTX_750_TI.limits is architecture(DEFAULT).limits()
    )


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda: architecture("sm50"),
            r"^unknown architecture 'sm50'; did you mean sm_50\? known are: sm_50",
        ),
        (lambda: architecture("sm_62").limits(), "^the occupancy limits of sm_62 are not known here"),
        (lambda: architecture("sm_53").shared_unit, "^the occupancy limits of sm_53 are not known here"),
        (lambda: architecture("sm_60").allocation_rules(), "device memory is laid out on sm_60 is not known"),
        (lambda: architecture("sm_52").modelled_card(), "^no card is modelled for sm_52"),
    ],
)
def test_what_is_not_known_is_refused_by_name(ask: Callable[[], object], said: str) -> None:
    with pytest.raises(UsageError, match=said) as refusal:
        ask()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["sm_70", "sm_100", "sm_120", "sm_12", "none", ""])
def test_code_of_unknown_opcodes_is_refused(name: str) -> None:
    with pytest.raises(ListingError, match=rf"^architecture {name} is not supported; .* sm_50, .* sm_90$"):
        program_of(listing("EXIT"), metadata_named(arch=name))
    if name in architectures():
        with pytest.raises(ListingError, match=r"the opcodes of .* are not known here"):
            parse_listing(listing("EXIT"), metadata_named(arch=name), architecture(name))


def travelled(thing: Thing) -> Thing:
    """As another process gets it."""
    got: Thing = pickle.loads(pickle.dumps(thing))  # noqa: S301  (our own bytes)
    return got


def test_it_stays_one_object_between_processes() -> None:
    one = architecture("sm_86")
    assert travelled(one) is one
    program = load_program("fill_gpu")
    assert travelled(program) == program
    assert travelled(program).architecture is program.architecture


def test_maxwells_bank_as_compiled_code_reads_it() -> None:
    bank = MAXWELL.known_bank()
    windows = {0x0, 0x4, 0xD0, 0xD4, 0xFC}  # where generic addresses mean near memory; bank 3's own place
    assert bank.launch_words == {0x8, 0xC, 0x10, 0x14, 0x18, 0x1C, 0x20} | windows
    assert (bank.launch_end, bank.parameters, bank.parameter_bytes) == (0x100, 0x140, 4096)


def test_where_instructions_lie() -> None:
    maxwell, volta = MAXWELL.code, architecture("sm_70").family.code
    offsets = [maxwell.start]
    for _ in range(6):
        offsets.append(maxwell.following(offsets[-1]))
    assert offsets == [0x08, 0x10, 0x18, 0x28, 0x30, 0x38, 0x48]
    assert [maxwell.bundle_of(offset) for offset in offsets] == [0, None, None, 0x20, None, None, 0x40]
    assert [volta.start, volta.following(0), volta.following(16)] == [0, 16, 32]
    assert [volta.bundle_of(offset) for offset in (0, 16, 32)] == [None] * 3


@given(st.sampled_from([4, 8, 16]), st.integers(2, 8), st.integers(0, 200))
def test_a_bundle_is_a_scheduling_word_and_instructions(size: int, words: int, index: int) -> None:
    code = CodeLayout(size, size * words)
    offset = code.start
    for _ in range(index):
        offset = code.following(offset)
    bundle, place = divmod(index, words - 1)
    assert offset == (bundle * words + 1 + place) * size
    assert code.bundle_of(offset) == (bundle * words * size if place == 0 else None)
