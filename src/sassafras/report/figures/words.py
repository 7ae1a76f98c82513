"""A figure in other words: of a program that is no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from sassafras.workload.vocabulary import Vocabulary

_Value = TypeVar("_Value")
_NAMES = ("name", "key", "filter")  #: fields that are not read by people


def in_words(value: _Value, vocabulary: Vocabulary) -> _Value:
    """The same with every text in these words."""
    return _said(value, vocabulary) if vocabulary.pairs else value


def _said(value: Any, vocabulary: Vocabulary) -> Any:
    if isinstance(value, Enum | Mapping):
        return value
    if isinstance(value, str):
        return vocabulary.said(value)
    if isinstance(value, tuple):
        return tuple(_said(item, vocabulary) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        own = {f.name: getattr(value, f.name) for f in fields(value) if f.init and f.name not in _NAMES}
        return replace(value, **{name: _said(item, vocabulary) for name, item in own.items()})
    return value
