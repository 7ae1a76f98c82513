"""Functions outside a kernel that compiled code calls by an absolute address."""

from __future__ import annotations

from enum import IntEnum


class Outside(IntEnum):
    """Addresses that the tables of a loaded module give to such functions (modelled: drivers choose them).
    They are no offsets of instructions.
    """

    ASSERT_FAIL = 0xFFFFFF00  #: ``__assertfail``, what a failed ``assert`` calls

    @property
    def symbol(self) -> str:
        """The name in a cubin's symbol table."""
        return {Outside.ASSERT_FAIL: "__assertfail"}[self]

    @classmethod
    def of(cls, symbol: str) -> Outside | None:
        """The function of that name, None for one that nothing here stands for."""
        return next((one for one in cls if one.symbol == symbol), None)
