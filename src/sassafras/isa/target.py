"""What code says of the architecture that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sassafras.isa.family import Family


@dataclass(frozen=True)
class LaunchLimits:
    """The largest launches. ``threads``: of a block; ``sides``: of a block, in threads; ``grid``: its sides
    in blocks; ``shared_bytes``: of a block, the kernel's own and the launch's, without opting in for more.
    """

    threads: int
    sides: tuple[int, int, int]
    grid: tuple[int, int, int]
    shared_bytes: int


class CodeTarget(Protocol):
    """The part of an architecture (room ``architectures``) that reading and running its code takes."""

    @property
    def name(self) -> str:
        """As compilers call it."""

    @property
    def family(self) -> Family:
        """Its instruction set."""

    @property
    def tensor_cores(self) -> bool:
        """Whether products on its tensor cores, which are modelled, are carried out."""

    @property
    def launch(self) -> LaunchLimits:
        """The largest launches it takes."""

    @property
    def shared_unit(self) -> int:
        """A block's shared memory is a multiple of this many bytes. Raises UsageError where that is not
        known.
        """
