"""Kernels that other installed packages bring, by entry points of the group ``sassafras.kernels``."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from sassafras.errors import UsageError

GROUP = "sassafras.kernels"


@dataclass(frozen=True)
class Brought:
    """What an entry point brings. ``folder``: that of the module which it names, laid out like the kernels
    room: ``cuda/`` and ``listings/`` are in it. ``package``: whose it is.
    """

    name: str
    package: str
    value: object
    folder: Path

    def refuse(self, reason: str) -> UsageError:
        """That it cannot be used."""
        return _refusal(self.name, self.package, reason)


@cache
def brought() -> tuple[Brought, ...]:
    """All of them, in alphabetical order. Raises UsageError for one that cannot be loaded, naming its
    package: no campaign leaves out silently what is installed.
    """
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return tuple(_load(entry) for entry in found)


def _load(entry: EntryPoint) -> Brought:
    package = "a package without a name" if entry.dist is None else entry.dist.name
    try:
        value = entry.load()
        file = sys.modules[entry.module].__file__
    except Exception as error:  # code of others: whatever it raises must name them
        reason = f"{entry.value} does not load ({type(error).__name__}: {error})"
        raise _refusal(entry.name, package, reason) from error
    if file is None:
        raise _refusal(entry.name, package, f"{entry.module} is no file beside which machine code can lie")
    return Brought(entry.name, package, value, Path(file).parent)


def _refusal(name: str, package: str, reason: str) -> UsageError:
    return UsageError(
        f"package {package}: its kernel {name!r} cannot be used: {reason}; mend or uninstall it"
    )
