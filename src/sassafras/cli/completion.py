"""What a shell is offered for an option or an argument. Each loads what it needs and nothing more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

DEEP = 3  #: levels of folders that are searched for campaigns
MANY = 2000  #: folders that are looked at, at most: completion must be quick


def campaigns(incomplete: str) -> list[str]:
    """Folders that hold a campaign, below the one that has been typed."""
    from sassafras.campaign.store.store_errors import STORE_NAME

    start, _, _ = incomplete.rpartition("/")
    root = f"{start}/" if start or incomplete.startswith("/") else ""
    looked = islice(_folders(root, DEEP), MANY)
    return sorted(folder for folder in looked if (Path(folder) / STORE_NAME).is_file())


def _folders(root: str, deep: int) -> Iterator[str]:
    with suppress(OSError):
        names = sorted(e.name for e in os.scandir(root or ".") if e.is_dir() and not e.name.startswith("."))
        for name in names:
            yield f"{root}{name}"
            if deep > 1:
                yield from _folders(f"{root}{name}/", deep - 1)


def one_of(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """One of some names."""
    return lambda incomplete: [name for name in names() if name.startswith(incomplete)]


def list_of(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """The last of some names with commas between them, none twice."""

    def offered(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        left = [name for name in names() if name not in before.split(",")]
        return [f"{before}{comma}{name}" for name in left if name.startswith(last)]

    return offered


def presets() -> list[str]:
    """Names of presets."""
    from sassafras.campaign.design.presets import PRESETS

    return list(PRESETS)


def cards() -> list[str]:
    """Names of cards whose time is modelled."""
    from sassafras.architectures.registry import cards

    return list(cards())


def architectures() -> list[str]:
    """Names of architectures that can run."""
    from sassafras.kernels.programs import bundled_architectures

    return list(bundled_architectures())


def kernels() -> list[str]:
    """Names of kernels."""
    from sassafras.kernels.registry import KERNELS

    return list(KERNELS)


def kernel_sets() -> list[str]:
    """What --kernels takes: names of kernels and of sets of them."""
    return ["paper", "all", *kernels()]


def modes() -> list[str]:
    """Names of modes."""
    from sassafras.faults.model import Mode

    return list(Mode)


def models() -> list[str]:
    """Names of fault models."""
    from sassafras.faults.model import known_models

    return list(known_models())


def groups() -> list[str]:
    """Names of instruction groups."""
    from sassafras.cli.selection import INJECTABLE

    return list(INJECTABLE)


def plans() -> list[str]:
    """Names of plans of harden."""
    from sassafras.hardening.plan import PlanName

    return list(PlanName)
