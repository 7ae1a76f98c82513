"""Modifiers as typed values: a ``Field`` is one choice among printed words, ``Fields`` what an instruction
chose.

A record lists the fields that its opcode may carry; a semantic function asks for one by the same field:
``i.fields[EXTENDED]`` is a bool, ``i.fields[ROUNDING]`` a ``Rounding``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Field(Generic[T]):
    """One choice among modifiers: ``words`` says what each printed one means, ``default`` what a missing one
    does; ``required`` refuses a missing one.

    Two fields of one name are one field to those who ask (records may allow different words of it): a name
    stands for one type of value.
    """

    name: str
    words: tuple[tuple[str, T], ...]
    default: T | None = None
    required: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The printed words."""
        return tuple(word for word, _ in self.words)

    @cached_property
    def meanings(self) -> Mapping[str, T]:
        """What each printed word means."""
        return dict(self.words)

    def of(self, *words: str, default: T | None = None) -> Field[T]:
        """The same field with some of its words only; with a ``default`` it may be missing."""
        chosen = tuple((word, self.meanings[word]) for word in words or self.meanings)
        return Field(self.name, chosen, default, required=self.required and default is None)


@dataclass(frozen=True)
class Fields:
    """The modifiers of one instruction, by field, those that were not printed included."""

    values: Mapping[Field[Any], Any]

    def __getitem__(self, field: Field[T]) -> T:
        """What the instruction says; the field's default where its opcode does not have the field. Raises
        ``KeyError`` for a required field of other opcodes.
        """
        if field in self.values:
            value: T = self.values[field]
            return value
        if field.required:
            raise KeyError(field.name)
        default: T = field.default  # type: ignore[assignment]  # an optional field's default is one of its T
        return default

    def get(self, field: Field[T]) -> T | None:
        """What the instruction says, None where its opcode does not have the field."""
        return self.values.get(field)


def flag(word: str, name: str = "") -> Field[bool]:
    """A modifier that is there or not."""
    return Field(name or word, ((word, True),), default=False)


def option(name: str, words: Mapping[str, T], default: T) -> Field[T]:
    """A modifier that may be missing; ``default`` is what that means."""
    return Field(name, tuple(words.items()), default)


def choice(name: str, words: Mapping[str, T]) -> Field[T]:
    """A modifier that must be printed."""
    return Field(name, tuple(words.items()), required=True)


def hint(name: str, *words: str) -> Field[str | None]:
    """A modifier that changes nothing of what is emulated (caching, ordering)."""
    return Field(name, tuple((word, word) for word in words), None)


def fill_fields(opcode: str, fields: Iterable[Field[Any]], modifiers: tuple[str, ...]) -> Fields:
    """Assign printed modifiers to the fields of an opcode, each field once.

    Raises ``ValueError`` with a short reason for a modifier that no field lists and for a required one that
    is missing.
    """
    values: dict[Field[Any], Any] = {}
    for modifier in modifiers:
        for field in fields:
            if modifier in field.meanings and field not in values:
                values[field] = field.meanings[modifier]
                break
        else:
            raise ValueError(f"modifier .{modifier} of {opcode} is not supported")
    for field in fields:
        if field not in values:
            if field.required:
                raise ValueError(f"{opcode} lacks one of .{' .'.join(field.alternatives)}")
            values[field] = field.default
    return Fields(values)
