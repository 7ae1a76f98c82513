"""Which kernels `make test` looks at where `make test-slow` looks at all: one rule, for tests of every room.

A kernel's *kind* is the module that makes its native twin (maps, windows, broadcasts, axis copies, ...; the
product is made in its own) and the first word of its name (``reduce`` and ``window`` share a module). In the
sample are

* of every kind the first kernel, in the order of the registry: plain, and hardened with one technique, which
  the kinds take in turns;
* every technique that comes to no kernel in this way, on the first kernel that has it;
* every kernel that only a hardened program launches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet
from tests.kernels.awkward import Case

from sassafras.kernels.hardened.registry import HARDENED
from sassafras.kernels.hardened.technique import Technique
from sassafras.kernels.kernel import Kernel
from sassafras.kernels.registry import ADDED, KERNELS

Value = TypeVar("Value")
Pair = tuple[str, Technique]


def kind(kernel: Kernel) -> tuple[str, str]:
    """Where its twin is made, and the first word of its name."""
    return getattr(kernel.twin, "__module__", kernel.name), kernel.name.partition("_")[0]


def _hardened(kernels: Iterable[str]) -> frozenset[Pair]:
    chosen: dict[Technique, list[str]] = {}
    for turn, name in enumerate(kernels):
        offered = [technique for kernel, technique in HARDENED if kernel == name]
        chosen.setdefault(offered[turn % len(offered)], []).append(name)
    for name, technique in HARDENED:
        chosen.setdefault(technique, [name])
    return frozenset((name, technique) for technique, names in chosen.items() for name in names)


FIRST: dict[tuple[str, str], str] = {kind(k): k.name for k in reversed(KERNELS.values())}
"""By kind: its first kernel."""
PLAIN: tuple[str, ...] = tuple(name for name in KERNELS if name in FIRST.values())
PAIRS: frozenset[Pair] = _hardened(PLAIN)
LISTINGS: frozenset[str] = frozenset((*PLAIN, *ADDED, *(HARDENED[pair].name for pair in PAIRS)))
"""All of these by the names of their machine code."""


def _parts(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def sampled(values: Iterable[Value], chosen: Callable[[Value], bool]) -> list[ParameterSet]:
    """Parameters of a test: those not chosen are slow."""
    return [
        pytest.param(
            *_parts(value),
            marks=() if chosen(value) else pytest.mark.slow,
            id="-".join(map(str, _parts(value))),
        )
        for value in values
    ]


def every_nth(step: int, values: Iterable[ParameterSet | Value]) -> list[ParameterSet]:
    """Parameters of a test of many that show the same: the first of each ``step``; the others are long."""
    found = []
    for place, value in enumerate(values):
        one = value if isinstance(value, ParameterSet) else pytest.param(*_parts(value))
        marks = [*one.marks, *([pytest.mark.long] if place % step else [])]
        found.append(pytest.param(*one.values, marks=marks, id=one.id))
    return found


def listings(names: Iterable[str]) -> list[ParameterSet]:
    """Names of machine code, hardened or not; those outside the sample are slow."""
    return sampled(names, LISTINGS.__contains__)


def kernels(names: Iterable[str]) -> list[ParameterSet]:
    """Names of plain kernels; those outside the sample are slow."""
    return sampled(names, PLAIN.__contains__)


def pairs(values: Iterable[Pair]) -> list[ParameterSet]:
    """Kernels with techniques; those outside the sample are slow."""
    return sampled(values, PAIRS.__contains__)


def sampled_cases(values: Iterable[Case]) -> list[ParameterSet]:
    """Cases of plain kernels: the first of each kernel, and all of those in the sample; others are slow."""
    every = list(values)
    first = {case.kernel: case for case in reversed(every)}
    return sampled(every, lambda case: case.kernel in PLAIN or case is first[case.kernel])
