"""Ids of faults: a mode and the number of a fault within it, as one whole number.

An id never changes its meaning: a campaign that is made longer keeps its ids, and so does one that is run by
a version with more modes. Three modes share a block of ids, turn by turn; the fourth to sixth mode will have
the next block, and so on. The ids of RF, IOA and IOV are therefore 3 n, 3 n + 1 and 3 n + 2, those of MEM 3
(2**30 + n).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sassafras.faults.model import Mode

TURNS = 3  #: modes that share a block
NUMBERS = 2**30  #: numbers of each mode, from 0
BLOCK = TURNS * NUMBERS  #: ids of a block; two blocks fit into 33 bits, and SQLite's integers hold any

#: The place of each mode, for ever: a new mode takes the next one, wherever it stands in `Mode`.
PLACES: Mapping[Mode, int] = MappingProxyType({Mode.RF: 0, Mode.IOA: 1, Mode.IOV: 2, Mode.MEM: 3})

_MODES = {place: mode for mode, place in PLACES.items()}


def mode_number(mode: Mode) -> int:
    """Number of a mode in ids and in the counters of the generator."""
    return PLACES[mode]


def fault_id(mode: Mode, number: int) -> int:
    """The id of fault ``number`` of a mode: unique in a campaign, and the same however many faults are asked
    for. ValueError for a number that is none.
    """
    return id_at(PLACES[mode], number)


def id_at(place: int, number: int) -> int:
    """The id of fault ``number`` of the mode at that place. ValueError for a number that is none."""
    if not 0 <= number < NUMBERS:
        raise ValueError(f"{number}: faults of a mode have the numbers 0 to {NUMBERS - 1}")
    block, turn = divmod(place, TURNS)
    return block * BLOCK + number * TURNS + turn


def place_of(fault: int) -> tuple[int, int]:
    """The mode's place and the number that an id (not negative) means."""
    block, rest = divmod(fault, BLOCK)
    number, turn = divmod(rest, TURNS)
    return block * TURNS + turn, number


def number_of(fault: int) -> tuple[Mode, int]:
    """Mode and number of an id. ValueError where no mode has it."""
    place, number = place_of(fault)
    if place not in _MODES:
        raise ValueError(f"{fault}: no mode has this id")
    return _MODES[place], number


def is_id_of(fault: int, mode: Mode) -> bool:
    """Whether an id is that of a fault of the mode."""
    return fault >= 0 and place_of(fault)[0] == PLACES[mode]


def blocks() -> range:
    """The first id of every block that a mode uses."""
    return range(0, (max(PLACES.values()) // TURNS + 1) * BLOCK, BLOCK)
