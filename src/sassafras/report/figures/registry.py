"""Every figure, once: functions from data to figures (one per mode, or one), by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from sassafras.report.listed import Listed
from sassafras.workload.vocabulary import Vocabulary

if TYPE_CHECKING:
    from sassafras.analysis.results import Results
    from sassafras.report.figures.value import Figure
    from sassafras.report.page.hardened import Hardening


CAMPAIGN: Listed[Results, Figure] = Listed(__package__)
"""Marked: ``sassafras run`` writes its files too, not the page and ``report --figures`` alone."""
HARDENING: Listed[Hardening, Figure] = Listed(__package__)


def campaign_figures(results: Results, *, run: bool = False) -> list[Figure]:
    """Every figure of a campaign; ``run``: those alone that ``sassafras run`` writes."""
    made = [figure for make in CAMPAIGN if CAMPAIGN.marked(make) or not run for figure in make(results)]
    return [in_words(figure, results.vocabulary) for figure in made]


def hardening_figures(hardening: Hardening) -> list[Figure]:
    """Every figure of a study of hardening."""
    return HARDENING.of(hardening)


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
