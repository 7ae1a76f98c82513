"""What the kernels of one cubin share: its ``__constant__`` and ``__device__`` variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, NonNegativeInt, PlainSerializer

from sassafras.isa.outside import Outside

Hex = Annotated[bytes, BeforeValidator(bytes.fromhex), PlainSerializer(bytes.hex)]  #: in JSON a hex string
POINTER_BYTES = 8


@dataclass(frozen=True)
class Variable:
    """A ``__constant__`` or ``__device__`` variable: where it lies in the module's image, in bytes."""

    name: str
    offset: NonNegativeInt
    nbytes: NonNegativeInt


@dataclass(frozen=True)
class Pointer:
    """Eight bytes at offset ``at`` (of the image, or of bank 4) that hold the address of what lies at offset
    ``to`` of the image.
    """

    at: NonNegativeInt
    to: NonNegativeInt


@dataclass(frozen=True)
class External:
    """An address at offset ``at`` of bank 4 of a function that is not in the cubin."""

    at: NonNegativeInt
    symbol: str


def is_nothing(value: object) -> bool:
    """What few cubins have is left out of the JSON of all others, which stays what it was."""
    return not value


@dataclass(frozen=True)
class Module:
    """The variables of a cubin.

    All of them lie in one image: first constant bank 3 (``constant_bytes``: its size), then ``__device__``
    variables with an initial value, then ``zeros`` bytes of others. ``digest``: of the cubin; two cubins
    never share variables. ``image``: the bytes in front of the zeros. ``pointers``: of the image to itself.
    ``addresses``: those that bank 4 holds, of ``address_bytes``; ``unknown``: offsets of bank 4 whose address
    cannot be known; ``externals``: of functions that are not there.
    """

    digest: str
    image: Hex
    zeros: NonNegativeInt
    constant_bytes: NonNegativeInt
    address_bytes: NonNegativeInt
    pointers: tuple[Pointer, ...] = ()
    addresses: tuple[Pointer, ...] = ()
    unknown: tuple[NonNegativeInt, ...] = ()
    variables: tuple[Variable, ...] = ()
    externals: Annotated[tuple[External, ...], Field(exclude_if=is_nothing)] = ()

    @property
    def nbytes(self) -> int:
        """Bytes of the whole image."""
        return len(self.image) + self.zeros

    def bank_bytes(self, bank: int) -> int:
        """Size of constant bank 3 or 4."""
        return {3: self.constant_bytes, 4: self.address_bytes}.get(bank, 0)

    def is_unknown(self, offset: int) -> bool:
        """Whether a word of bank 4 belongs to an address that cannot be known."""
        slot = offset - offset % POINTER_BYTES
        missing = (one.at for one in self.externals if Outside.of(one.symbol) is None)
        return slot in self.unknown or slot in missing

    def variable(self, name: str) -> Variable | None:
        """The variable of that name, None if there is none."""
        return next((v for v in self.variables if v.name == name), None)
