"""The language of conditions: ``MALFUNCTION.high > 0.5%``.

::

    condition  = event ["." field] {filter} comparison value
    event      = MASKED | CORRECTED | DETECTED | DUE | SDC | CRITICAL
               | MALFUNCTION | INVALID_OUTPUT | LIGHT_MALFUNCTION | NO_MALFUNCTION
               | PAPER_MALFUNCTION                       (MALFUNCTION and INVALID_OUTPUT together)
    field      = low | high | share | count        (share where none is given)
    filter     = "in" mode | "of" kernel | "layer" number | "model" fault-model     (each at most once)
    comparison = ">" | ">=" | "<" | "<="
    value      = number ["%"]                      (0.5% is 0.005; with count: a whole number)

Letters may be upper or lower case, and ``-`` stands for ``_`` in events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sassafras.analysis.conditions import Condition, Field, Relation
from sassafras.analysis.events import Event
from sassafras.errors import UsageError, did_you_mean
from sassafras.faults.model import FaultModel, Mode, drawable_models

Value = TypeVar("Value")


class _Kind(StrEnum):
    """Kinds of token, as messages name them."""

    COMPARISON = "comparison"
    NUMBER = "number"
    WORD = "word"
    DOT = "dot"
    OTHER = "other"
    END = "end"


_TOKEN = re.compile(
    r"(?P<comparison>>=|<=|>|<)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?)"
    r"|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<dot>\.)"
    r"|(?P<other>\S)"
)


@dataclass(frozen=True)
class _Token:
    kind: _Kind
    text: str
    position: int  #: from 0


def parse_condition(text: str, own: Iterable[FaultModel] = ()) -> Condition:
    """Read a condition. ``own``: fault models beside the built-in ones. Raises UsageError that names the
    spot.
    """
    return _Parser(text, own).condition()


class _Parser:
    """Tokens from left to right, one function per rule of the language."""

    def __init__(self, text: str, own: Iterable[FaultModel]) -> None:
        self.text = text
        self._models = {model.value: model for model in (*drawable_models(), *own)}
        found = [(_Kind(str(m.lastgroup)), m.group(), m.start()) for m in _TOKEN.finditer(text)]
        self.tokens = [_Token(*token) for token in found] + [_Token(_Kind.END, "", len(text))]
        self.next = 0

    def condition(self) -> Condition:
        event = self._name("outcome or severity", {e.value: e for e in Event})
        field = Field.SHARE
        if self._peek().kind is _Kind.DOT:
            self._take()
            field = self._name("field", {f.value: f for f in Field})
        filters = self._filters()
        comparison = self._comparison()
        value = self._value(field)
        if self._peek().kind is not _Kind.END:
            raise self._error(self._peek(), "nothing may follow the value")
        return Condition(self.text, event, field, comparison, value, **filters)

    def _filters(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._peek().kind is _Kind.WORD:
            token = self._peek()
            kind = self._name(
                "word",
                {"in": "mode", "of": "kernel", "layer": "layer", "model": "model"},
                also="a comparison: > >= < <=",
            )
            if kind in found:
                raise self._error(token, f"each filter at most once, and there is a {kind} already")
            found[kind] = self._filter_value(kind)
        return found

    def _filter_value(self, kind: str) -> Mode | FaultModel | str | int:
        if kind == "mode":
            return self._name("mode", {mode.value: mode for mode in Mode})
        if kind == "model":
            return self._name("fault model", self._models)
        token = self._take()
        if kind == "kernel":
            if token.kind is not _Kind.WORD:
                raise self._error(token, "expected the name of a kernel")
            return token.text
        if token.kind is not _Kind.NUMBER or not token.text.isdecimal():
            raise self._error(token, "expected the number of a layer")
        return int(token.text)

    def _comparison(self) -> Relation:
        token = self._take()
        if token.kind is _Kind.DOT:
            raise self._error(token, "a field goes right behind the outcome or severity")
        if token.kind is not _Kind.COMPARISON:
            raise self._error(token, "expected a comparison: > >= < <=")
        return Relation(token.text)

    def _value(self, field: Field) -> float:
        token = self._take()
        if token.kind is not _Kind.NUMBER:
            raise self._error(token, "expected a value such as 0.5% or 0.005")
        is_percent = token.text.endswith("%")
        value = float(token.text.removesuffix("%"))
        if field is Field.COUNT:
            if is_percent or not value.is_integer():
                raise self._error(token, "a count is compared with a whole number")
            return value
        share = value / 100 if is_percent else value
        if share > 1:
            raise self._error(token, "a share is at most 1 (100%); write percent with a % behind it")
        return share

    def _name(self, kind: str, known: Mapping[str, Value], also: str = "") -> Value:
        """The value of a word, in upper or lower case."""
        token = self._take()
        spelled = {name.lower(): name for name in known}
        word = token.text.lower()
        for way in (word, word.replace("-", "_")):
            if token.kind is _Kind.WORD and way in spelled:
                return known[spelled[way]]
        hint = did_you_mean(word, known)
        names = "known: " + ", ".join(known) + (f", or {also}" if also else "")
        what = f"unknown {kind}" if token.kind is _Kind.WORD else f"expected: {kind}"
        raise self._error(token, f"{what}; {hint}{names}")

    def _peek(self) -> _Token:
        return self.tokens[self.next]

    def _take(self) -> _Token:
        token = self.tokens[self.next]
        self.next = min(self.next + 1, len(self.tokens) - 1)
        return token

    def _error(self, token: _Token, message: str) -> UsageError:
        spot = f"'{token.text}'" if token.text else "the end"
        return UsageError(f"condition '{self.text}', character {token.position + 1} ({spot}): {message}")
