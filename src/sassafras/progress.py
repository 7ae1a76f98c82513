"""How long work tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shows tasks one after the other."""

    def begin(self, task: str, total: int) -> None:
        """A task of ``total`` steps begins."""

    def advance(self, count: int) -> None:
        """``count`` more steps are done."""

    def end(self) -> None:
        """The task is done."""


class Silence:
    """Shows nothing."""

    def begin(self, task: str, total: int) -> None:
        """Nothing."""

    def advance(self, count: int) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""
