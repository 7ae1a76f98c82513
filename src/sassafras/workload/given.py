"""A workload from a list of launches, without any network."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sassafras.architectures.architecture import Architecture
from sassafras.architectures.registry import default_architecture
from sassafras.kernels.kernel import Geometry, Kernel
from sassafras.kernels.registry import KERNELS
from sassafras.workload.buffer import Buffer, Part
from sassafras.workload.judgement import Judgement
from sassafras.workload.launches import PlannedLaunch
from sassafras.workload.workload import Workload


@dataclass(frozen=True)
class Call:
    """A launch to be: a kernel, the part that it works for, and its arguments by the parameter names of the
    source; a text is the address of the buffer of that name. ``geometry``: grid and block; None: as
    the kernel splits its work.
    """

    kernel: Kernel
    part: int
    arguments: Mapping[str, int | float | str]
    geometry: Geometry | None = None


@dataclass(frozen=True, eq=False)
class GivenWorkload(Workload):
    """A workload as it is given. ``reads``, ``makes``: names of the buffers that an input fills, and that
    hold the result.
    """

    name: str
    given_judgement: Judgement
    given_buffers: tuple[Buffer, ...]
    calls: tuple[Call, ...]
    given_parts: tuple[Part, ...]
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    given_contents: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)
    architecture: Architecture = field(default_factory=default_architecture)

    def on(self, target: Architecture) -> GivenWorkload:
        """As `Workload` says."""
        return self if target is self.architecture else replace(self, architecture=target)

    @property
    def buffers(self) -> tuple[Buffer, ...]:
        """As given."""
        return self.given_buffers

    @property
    def contents(self) -> Mapping[str, NDArray[Any]]:
        """As given."""
        return self.given_contents

    @property
    def parts(self) -> tuple[Part, ...]:
        """As given."""
        return self.given_parts

    @property
    def inputs(self) -> tuple[Buffer, ...]:
        """The buffers that are ``reads``."""
        return tuple(self._named(name) for name in self.reads)

    @property
    def outputs(self) -> tuple[Buffer, ...]:
        """The buffers that are ``makes``."""
        return tuple(self._named(name) for name in self.makes)

    @property
    def judgement(self) -> Judgement:
        """As given."""
        return self.given_judgement

    @cached_property
    def plan(self) -> tuple[PlannedLaunch, ...]:
        """The calls, with addresses."""
        invocations: Counter[str] = Counter()
        plan: list[PlannedLaunch] = []
        for call in self.calls:
            name = call.kernel.name
            arguments = {key: self._value(value) for key, value in call.arguments.items()}
            own = None if KERNELS.get(name) is call.kernel else call.kernel
            plan.append(
                PlannedLaunch.of(len(plan), name, invocations[name], call.part, arguments, own, call.geometry)
            )
            invocations[name] += 1
        return tuple(plan)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over buffers, launches and contents, in hex."""
        digest = hashlib.sha256()
        for buffer in self.buffers:
            digest.update(repr((buffer.name, buffer.nbytes, buffer.shape, buffer.is_map)).encode())
        for planned in self.plan:
            digest.update(repr((planned.kernel, sorted(planned.arguments.items()))).encode())
        for name in sorted(self.contents):
            digest.update(b"\0" + name.encode() + b"\0")
            digest.update(np.ascontiguousarray(self.contents[name]).tobytes())
        return digest.hexdigest()

    def _named(self, name: str) -> Buffer:
        return next(buffer for buffer in self.given_buffers if buffer.name == name)

    def _value(self, value: int | float | str) -> int | float:
        return self.layout[value].address if isinstance(value, str) else value
