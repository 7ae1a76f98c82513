"""Which structure of the hardware was struck, where a model has tables of several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from sassafras.faults.models.rows import rows_of_csv
from sassafras.faults.models.stream import Stream

Sites = Annotated[Mapping[str, Annotated[float, Field(ge=0)]], Field(min_length=1)]
"""Weights of structures. No areas of a real GPU's structures are public: the weights are the user's."""


def check_sites(sites: Mapping[str, float], tables: Iterable[str]) -> None:
    """Raise ValueError for structures that a table does not have, and for weights that are all 0."""
    if not any(sites.values()):
        raise ValueError("one of the sites needs a weight above 0")
    for table in tables:
        known = dict.fromkeys(key.site for key in rows_of_csv(table))
        if unknown := sorted(set(sites) - set(known)):
            raise ValueError(f"no site is called {unknown[0]}; known: {', '.join(known)}")


def draw_site(sites: Mapping[str, float], stream: Stream) -> str:
    """One of them, as likely as its weight."""
    names = list(sites)
    return names[0] if len(names) == 1 else names[stream.choose([sites[name] for name in names])]
