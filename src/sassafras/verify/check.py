"""What a self-check found."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sassafras.errors import SelfCheckFailed

SHOWN = 3  #: failures named in a check's detail; the others are counted


class Form(StrEnum):
    """How much is looked at."""

    SHORT = "short"  #: samples; part of every campaign's start
    FULL = "full"  #: every launch of an inference, every bundled file


@dataclass(frozen=True)
class Check:
    """One line of the list. ``detail``: what was looked at, or what is wrong."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class SelfCheck:
    """All checks of one form."""

    form: Form
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """For the store and the summary."""
        return {
            "form": self.form.value,
            "passed": self.passed,
            "checks": {c.name: {"passed": c.passed, "detail": c.detail} for c in self.checks},
        }

    def demand(self) -> None:
        """Raise SelfCheckFailed, naming the first check that failed and the machine, unless all passed."""
        for check in self.checks:
            if not check.passed:
                raise SelfCheckFailed(
                    f"the self-check failed on {platform.node() or 'this machine'}, nothing was injected: "
                    f"{check.name}: {check.detail}; see: sassafras verify --full"
                )


def concluded(name: str, looked_at: str, failures: Sequence[str]) -> Check:
    """A check that passed if there are no failures."""
    if not failures:
        return Check(name, True, looked_at)
    more = f" (and {len(failures) - SHOWN} more)" if len(failures) > SHOWN else ""
    return Check(name, False, "; ".join(failures[:SHOWN]) + more)
