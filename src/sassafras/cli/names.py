"""Names typed by a person, and what they mean. An unknown one gets an answer that helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sassafras.errors import UsageError, did_you_mean

Value = TypeVar("Value")


def choose(kind: str, text: str, known: Mapping[str, Value]) -> Value:
    """The value of a name, in upper or lower case. Raises UsageError naming it and what is known."""
    spelled = {name.lower(): name for name in known}
    name = spelled.get(text.strip().lower())
    if name is not None:
        return known[name]
    hint = did_you_mean(text, known)
    raise UsageError(f"unknown {kind} {text.strip()!r}; {hint}known: {', '.join(known)}")


def choose_list(kind: str, text: str, known: Mapping[str, Value]) -> tuple[Value, ...]:
    """The values of names separated by commas, each once, in the order given. Raises UsageError, for an empty
    list too.
    """
    words = [word for word in text.split(",") if word.strip()]
    if not words:
        raise UsageError(f"no {kind} given; known: {', '.join(known)}")
    return tuple(dict.fromkeys(choose(kind, word, known) for word in words))
