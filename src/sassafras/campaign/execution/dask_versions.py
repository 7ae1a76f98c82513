"""Client, scheduler and workers must run the same versions: rows are the same only where the code is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sassafras.errors import ClusterError

COMPARED = ("sassafras", "distributed", "python")


def check_versions(found: Mapping[str, Any]) -> None:
    """``found``: what ``Client.get_versions(packages=["sassafras"])`` gives.

    Raises ClusterError, naming the first process that differs.
    """
    here = found["client"]["packages"]
    places = {"the scheduler": found["scheduler"]}
    places |= {f"worker {address}": answer for address, answer in sorted(found["workers"].items())}
    for place, answer in places.items():
        for package in COMPARED:
            there = _version(answer["packages"], package)
            if there != _version(here, package):
                raise ClusterError(
                    f"{place} has {package} {there or 'not installed'}, this process has "
                    f"{_version(here, package)}; install the same version on both"
                )


def _version(packages: Mapping[str, str | None], package: str) -> str | None:
    """A package's version, None where it is missing; of Python the first two numbers, which decide."""
    version = packages.get(package)
    return ".".join(version.split(".")[:2]) if version and package == "python" else version
