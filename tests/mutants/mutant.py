"""What a mutant is: one small change of one place of one source file."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """The kinds of change."""

    COMPARISON = "comparison"  #: < for <=, == for !=, in for not in ...
    ARITHMETIC = "arithmetic"  #: + for -, << for >>, & for | ...
    CONSTANT = "constant"  #: a number one more or one less, True for False
    DEFAULT = "default"  #: the same, of a parameter's default
    NEGATION = "negation"  #: a condition negated, a `not` left out
    CONNECTIVE = "connective"  #: and for or
    STATEMENT = "statement"  #: a call, an assignment into something, a raise, break or continue left out
    ARGUMENTS = "arguments"  #: two neighbouring arguments of a call, swapped


@dataclass(frozen=True)
class Mutant:
    """``path``: from the root of the tree, with slashes. ``line``: the first one that changes, from 1.
    ``start``, ``end``: the bytes of the file that ``new`` takes the place of. ``within``: the qualified name
    of the innermost function or class, "" at the top of a module.
    """

    path: str
    operator: Operator
    line: int
    start: int
    end: int
    new: str
    within: str

    def apply(self, source: bytes) -> bytes:
        """The whole file, changed."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def diff(self, source: bytes) -> list[str]:
        """The lines that differ: first the old ones (with "-"), then the new ones ("+")."""
        old, new = (text.decode().splitlines() for text in (source, self.apply(source)))
        return [line for line in difflib.ndiff(old, new) if line[0] in "-+"]
