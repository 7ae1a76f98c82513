"""Ids of faults: what they are today they stay, whatever modes are added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sassafras.faults.ids import (
    BLOCK,
    NUMBERS,
    PLACES,
    blocks,
    fault_id,
    id_at,
    is_id_of,
    number_of,
    place_of,
)
from sassafras.faults.model import Mode


def test_ids_are_those_of_every_store_so_far() -> None:
    assert [fault_id(mode, 139) for mode in (Mode.RF, Mode.IOA, Mode.IOV)] == [417, 418, 419]
    assert [fault_id(mode, 0) for mode in (Mode.RF, Mode.IOA, Mode.IOV)] == [0, 1, 2]
    assert number_of(419) == (Mode.IOV, 139)


def test_every_mode_has_a_place_of_its_own() -> None:
    assert set(PLACES) == set(Mode)
    assert sorted(PLACES.values()) == list(range(len(Mode)))
    assert list(blocks()) == [0, BLOCK]


@given(st.integers(0, 9), st.integers(0, NUMBERS - 1), st.integers(0, 9), st.integers(0, NUMBERS - 1))
def test_a_fourth_mode_takes_no_id_of_another(place: int, number: int, other: int, its: int) -> None:
    """Ten modes: each (mode, number) has an id of its own, from which both are read again."""
    assert place_of(id_at(place, number)) == (place, number)
    assert (id_at(place, number) == id_at(other, its)) == ((place, number) == (other, its))
    assert place >= 3 or id_at(place, number) == 3 * number + place
    assert place < 3 or id_at(place, number) >= BLOCK


@pytest.mark.parametrize("number", [-1, NUMBERS])
def test_a_number_that_is_none(number: int) -> None:
    with pytest.raises(ValueError, match="have the numbers 0 to 1073741823"):
        fault_id(Mode.RF, number)


def test_ends() -> None:
    last = fault_id(Mode.IOV, NUMBERS - 1)
    assert last == BLOCK - 1
    assert number_of(last) == (Mode.IOV, NUMBERS - 1)
    assert number_of(BLOCK) == (Mode.MEM, 0)
    with pytest.raises(ValueError, match="no mode has this id"):
        number_of(BLOCK + 1)
    assert is_id_of(5, Mode.IOV)
    assert not is_id_of(5, Mode.RF)
    assert not is_id_of(-1, Mode.IOV)
    assert not is_id_of(BLOCK + 2, Mode.IOV)
