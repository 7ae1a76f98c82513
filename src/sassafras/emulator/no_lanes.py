"""The words of a build on other lanes, where a thread runs by itself: refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from sassafras.emulator.brought import Brought
from sassafras.emulator.ports import I32, Ports
from sassafras.errors import ListingError
from sassafras.isa.opcodes.modifiers_of_lanes import (
    BarrierReduction,
)


class NoLanes:
    """A thread that nobody tells anything; `warp_function.WarpFunction` is one of a warp."""

    ports: Ports

    def _refusal(self) -> ListingError:
        return self.ports.refuse("it needs the other lanes of its warp, and this build runs threads alone")

    def give(self, word: Callable[[], ir.Value]) -> None:
        """Refused."""
        raise self._refusal()

    def given_by(self, lane: ir.Value, register: int) -> ir.Value:
        """Refused."""
        raise self._refusal()

    def bring(self, words: Callable[[], Sequence[ir.Value]]) -> None:
        """Refused."""
        raise self._refusal()

    def brought(self) -> Brought:
        """Refused."""
        raise self._refusal()

    def votes(self) -> tuple[ir.Value, ir.Value]:
        """Refused."""
        raise self._refusal()

    def part(self, barrier: int) -> None:
        """Nothing: there is nobody to part from."""

    def leave_barrier(self, barrier: int, condition: ir.Value | None) -> None:
        """Nothing."""

    def save_barrier(self, barrier: int) -> ir.Value:
        """Nobody is in it."""
        return I32(0)

    def restore_barrier(self, barrier: int, held: ir.Value) -> None:
        """Nothing."""

    def fill_barrier(self, barrier: int, mask: int) -> None:
        """Nothing."""

    def move_barrier(self, barrier: int, source: int) -> None:
        """Nothing."""

    def arrive(self, number: ir.Value) -> None:
        """Refused."""
        raise self._refusal()

    def wait(self, number: ir.Value, threads: ir.Value, reduction: BarrierReduction | None) -> None:
        """Refused."""
        raise self._refusal()

    def barrier_result(self) -> ir.Value:
        """Refused."""
        raise self._refusal()
