"""Which importer reads a file of the user's: each says by which endings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sassafras.network.graph import Graph
from sassafras.network.network import Network

_SAYS = re.compile(r"^IMPORTER = ", re.MULTILINE)


@dataclass(frozen=True)
class NetworkFiles:
    """What a user gives. ``weights``: of formats that keep them in a file of their own; ``names``: of the
    classes; ``output``: what is judged, where it is not the network's last result.
    """

    network: Path
    weights: Path | None = None
    names: Path | None = None
    output: str | None = None


@dataclass(frozen=True)
class Importer:
    """``format``: for people. ``endings``: of its files, in lower case; "" takes what no other does.
    ``needs_weights``: whether weights are in a file of their own. ``graph``: the graph, where it is known
    without the weights. ``former_digest``: of files and parameters, in stores of schemas 1 and 2.
    """

    format: str
    endings: tuple[str, ...]
    load: Callable[[NetworkFiles], Network]
    needs_weights: bool = False
    graph: Callable[[NetworkFiles], Graph] | None = None
    former_digest: Callable[[NetworkFiles, Mapping[str, NDArray[np.float32]]], str] | None = None


def importer_of(network: Path) -> Importer:
    """By the file's ending, the longest that is claimed."""
    name = network.name.lower()
    claims = [(end, one) for one in _importers() for end in one.endings if name.endswith(end)]
    return max(claims, key=lambda claim: len(claim[0]))[1]


@cache
def _importers() -> tuple[Importer, ...]:
    """Files of this folder, and ``load`` of the folders in it, that have an ``IMPORTER``. There is no list to
    keep.
    """
    folder = Path(__file__).parent
    files = (*folder.glob("*.py"), *folder.glob("*/load.py"))
    found = sorted(path for path in files if _SAYS.search(path.read_text(encoding="utf-8")))
    modules = (".".join(path.relative_to(folder).with_suffix("").parts) for path in found)
    return tuple(import_module(f"{__package__}.{module}").IMPORTER for module in modules)
