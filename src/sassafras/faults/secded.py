"""ECC: a code that corrects one wrong bit of 64 and detects two (SECDED).

Hsiao's (72,64) code (M. Y. Hsiao, "A class of optimal minimum odd-weight-column SEC-DED codes", IBM J. Res.
Dev. 14, 1970): 8 check bits; the columns of its matrix are different and of odd weight, all 56 of weight
three and 8 of weight five (the rotations of five ones in a row), so that each check bit looks at 26 data
bits. The codes of GPUs are not public: which patterns of three and more bits slip through is that of this
one. Check bits are taken to be unharmed.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from itertools import combinations
from typing import NamedTuple

DATA_BITS = 64
CHECK_BITS = 8


class Ecc(StrEnum):
    """What guards device memory."""

    NONE = "none"
    SECDED = "secded"  #: 64 bits at a time: one wrong bit is corrected, two are detected


class Seen(Enum):
    """What the decoder says of a word."""

    CLEAN = "clean"
    CORRECTED = "corrected"
    DETECTED = "detected"


class Decoded(NamedTuple):
    """``left``: the data bits that are still wrong behind the decoder (one that it corrects wrongly is one
    of them).
    """

    seen: Seen
    left: int


def _columns() -> tuple[int, ...]:
    threes = [sum(1 << bit for bit in bits) for bits in combinations(range(CHECK_BITS), 3)]
    fives = [sum(1 << (first + k) % CHECK_BITS for k in range(5)) for first in range(CHECK_BITS)]
    return (*threes, *fives)


COLUMNS = _columns()  #: the check bits that look at each data bit, the lowest data bit first
_BIT = {column: bit for bit, column in enumerate(COLUMNS)}


def check_bits(word: int) -> int:
    """The eight check bits of a word of 64 bits."""
    found = 0
    for bit, column in enumerate(COLUMNS):
        if word >> bit & 1:
            found ^= column
    return found


def decode(word: int, stored: int) -> tuple[Seen, int]:
    """What a decoder makes of 64 bits and their check bits: what it says, and the word that it gives."""
    syndrome = check_bits(word) ^ stored
    if syndrome == 0:
        return Seen.CLEAN, word
    if syndrome.bit_count() % 2 == 0:
        return Seen.DETECTED, word
    if syndrome in _BIT:
        return Seen.CORRECTED, word ^ 1 << _BIT[syndrome]
    if syndrome.bit_count() == 1:
        return Seen.CORRECTED, word  # of a check bit
    return Seen.DETECTED, word


def after_flips(flipped: int) -> Decoded:
    """What is left of these flipped data bits. The code is linear: whatever the word was."""
    seen, left = decode(flipped, check_bits(0))
    return Decoded(seen, left)
