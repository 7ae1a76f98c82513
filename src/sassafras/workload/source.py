"""Where a workload and its inputs come from: what a store keeps, so that a campaign can be opened again.

A kind of source stands in `sassafras.SOURCES`, or in another package's entry points of the group
``sassafras.sources``: its name, and "module:class" of a `Source`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, ClassVar, Self

import sassafras
from sassafras.architectures.architecture import Architecture
from sassafras.errors import UsageError, did_you_mean
from sassafras.workload.choices import Choice
from sassafras.workload.inputs import Input
from sassafras.workload.vocabulary import NETWORK, Vocabulary
from sassafras.workload.workload import Workload

KIND = "kind"  #: in a store's source: which kind it is of; stores that do not say hold the first


class Source(ABC):
    """A workload to be, and its inputs. One that is made without anything said is the kind's own: bundled."""

    kind: ClassVar[str]  #: its name among the kinds

    @property
    @abstractmethod
    def name(self) -> str:
        """What people call the workload, known without making it."""

    @property
    @abstractmethod
    def is_bundled(self) -> bool:
        """Whether every installation has the workload."""

    @property
    @abstractmethod
    def is_synthetic(self) -> bool:
        """Whether inputs are made, and not the user's."""

    @property
    def brings_inputs(self) -> bool:
        """Whether the inputs come with the workload: neither made nor the user's."""
        return False

    @property
    def inputs_from(self) -> str | None:
        """Where inputs of a known kind are from, in words: "of Cholec80, ..."."""
        return None

    @property
    def vocabulary(self) -> Vocabulary:
        """What the things of a campaign on it are called."""
        return NETWORK

    @property
    def everything(self) -> str | None:
        """The preset that strikes every kernel of the workload, where there is one."""
        return None

    @property
    def trained_on(self) -> str | None:
        """What a bundled workload was trained on, in words."""
        return None

    @property
    def together(self) -> float | None:
        """From which value on several classes are present together; None: one class is the answer."""
        return None

    @property
    @abstractmethod
    def digest(self) -> str:
        """The workload's; of a bundled one without making it."""

    @abstractmethod
    def build(self, target: Architecture) -> Workload:
        """The workload for an architecture. Raises SassafrasError."""

    @abstractmethod
    def inputs(self, workload: Workload, choice: Choice) -> Iterable[Input]:
        """The inputs that a campaign with this choice has. Raises SassafrasError."""

    @abstractmethod
    def former_digest(self, workload: Workload) -> str:
        """What stores of schemas 1 and 2 know the workload by; its digest where there were none."""

    @abstractmethod
    def part_kinds(self) -> tuple[str, ...] | None:
        """The kind of each part, known without making the workload; None where what says so is gone."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """For the store: JSON types only, paths absolute."""

    @classmethod
    @abstractmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """From the store. Raises ValueError."""


def source_kind(name: str) -> type[Source]:
    """A kind of source by name. Raises UsageError."""
    known = {entry.name: entry.value for entry in entry_points(group="sassafras.sources")} | sassafras.SOURCES
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f"unknown kind of source {name!r}; {hint}known are: {', '.join(known)}")
    module, _, attribute = known[name].partition(":")
    found: type[Source] = getattr(import_module(module), attribute)
    return found


def source_of(stored: Mapping[str, Any]) -> Source:
    """The source that a store holds. Raises UsageError for an unknown kind, ValueError for a damaged one."""
    values = dict(stored)
    return source_kind(values.pop(KIND, next(iter(sassafras.SOURCES)))).of_json(values)


def stored_source(source: Source) -> dict[str, Any]:
    """What a store holds of it."""
    said = source.to_json()
    return said if source.kind == next(iter(sassafras.SOURCES)) else said | {KIND: source.kind}


def default_source(**said: Any) -> Source:
    """The one where nothing is said, or no more than this: what is bundled."""
    return source_kind(next(iter(sassafras.SOURCES))).of_json(said)
