"""Columns of tables of rows, declared once: as the annotated fields of a frozen dataclass.

A field's type says the column's type, whether it may be missing, and which words it may hold (an enum); its
`Says` what it means. From these come the table in SQL, the Parquet schema, the frames of pandas and the
table in the documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


class ColumnType(StrEnum):
    """SQLite's name of a column's type."""

    INTEGER = "INTEGER"
    REAL = "REAL"
    TEXT = "TEXT"
    BLOB = "BLOB"


_TYPES = {int: ColumnType.INTEGER, float: ColumnType.REAL, str: ColumnType.TEXT, bytes: ColumnType.BLOB}


@dataclass(frozen=True)
class Says:
    """What a field's annotation says of its column. ``shown``: what those who inject into a network call it
    (empty: the same); ``vector``: NumPy's name of the numbers that a BLOB holds; ``key``: it names the row.
    """

    comment: str
    shown: str = ""
    vector: str = ""
    key: bool = False


Words = type[Enum]  #: an enum whose words a column holds


@dataclass(frozen=True)
class Column:
    """A column: its type, whether it may be NULL, what it means, the enum whose words it holds, and what
    `Says` says. ``named``: the kind of text that a field holds where any name will do.
    """

    name: str
    type: ColumnType
    optional: bool
    comment: str
    shown: str
    words: Words | None = None
    vector: str = ""
    key: bool = False
    named: Callable[[Any], str] | None = None

    @property
    def sql(self) -> str:
        """Its line in the definition of the table, comment and all, without a comma."""
        rule = " PRIMARY KEY" if self.key else "" if self.optional else " NOT NULL"
        return f"{self.name} {self.type.value}{rule}"

    @property
    def stored_words(self) -> dict[Enum | None, str | None] | None:
        """What the store holds for each value that a field may have; None where that is the value itself."""
        if self.words is None:
            return None
        return {None: None} | {member: word_of(member) for member in self.words}

    def of_store(self, value: Any) -> Any:
        """What a field holds, from what the store or a frame of pandas holds: words are members, NULLs and
        NaN are None, integers are integers. ValueError for a word that the enum does not have.
        """
        if value is None or (self.optional and value != value):  # noqa: PLR0124  (NaN)
            return None
        if self.words is not None:
            return _members(self.words)[value]
        if self.named is not None:
            return self.named(value)
        return int(value) if self.type is ColumnType.INTEGER else value


def word_of(member: Enum) -> str:
    """The word of an enum's member in the store: its value where that is a text, else its name."""
    return member.value if isinstance(member.value, str) else member.name


def words_of(kind: type[Enum]) -> tuple[str, ...]:
    """The words of an enum in the store."""
    return tuple(word_of(member) for member in kind)


class _Members(dict[Any, Any]):
    """Members by word; a member stands for itself."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__({word_of(member): member for member in kind} | {member: member for member in kind})
        self._kind = kind

    def __missing__(self, word: object) -> Any:
        raise ValueError(f"{word!r} is none of {', '.join(words_of(self._kind))}")


@cache
def _members(kind: Words) -> _Members:
    return _Members(kind)


def columns_of_row(row: type) -> tuple[Column, ...]:
    """The columns that a dataclass declares, in the order of its fields. TypeError for a field that says
    nothing of its column, or is of a type that no column has.
    """
    hints = get_type_hints(row, include_extras=True)
    return tuple(_column(field.name, hints[field.name]) for field in fields(row))


def _column(name: str, hint: Any) -> Column:
    kind, *extras = get_args(hint) or (hint,)
    says = next((extra for extra in extras if isinstance(extra, Says)), None)
    members = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    types = [one for one in members if one is not NoneType]
    optional, python = NoneType in members, types[0]
    words = python if isinstance(python, type) and issubclass(python, Enum) else None
    named = python if isinstance(python, type) and issubclass(python, str) and python is not str else None
    named = None if words is not None else named
    if says is None or len(types) != 1 or (words is None and named is None and python not in _TYPES):
        raise TypeError(f"{name}: {hint} declares no column")
    found = ColumnType.TEXT if words is not None or named is not None else _TYPES[python]
    comment = says.comment if words is None else f"{says.comment}: {', '.join(words_of(words))}"
    return Column(name, found, optional, comment, says.shown or name, words, says.vector, says.key, named)
