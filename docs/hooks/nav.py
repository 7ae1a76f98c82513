"""A hook of MkDocs: the navigation holds the pages that exist, and every page that exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files

MORE = "More"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Drop pages of the navigation that do not exist, and add the others at its end. Runs after
    ``generated.py`` (its ``on_files`` has the greater priority).
    """
    there = {file.src_uri for file in files.documentation_pages()}
    assert config.nav is not None
    nav = _existing(config.nav, there)
    more = sorted(there - set(_pages(nav)))
    config.nav = nav + ([{MORE: [{_title(page): page} for page in more]}] if more else [])
    return files


def _existing(entries: list[Any], there: set[str]) -> list[Any]:
    """Entries whose pages exist; sections that have any."""
    kept = []
    for entry in entries:
        ((title, value),) = entry.items()
        if isinstance(value, list):
            inside = _existing(value, there)
            kept += [{title: inside}] if inside else []
        elif value in there:
            kept.append(entry)
    return kept


def _pages(entries: list[Any]) -> list[str]:
    found = []
    for entry in entries:
        (value,) = entry.values()
        found += _pages(value) if isinstance(value, list) else [value]
    return found


def _title(page: str) -> str:
    return Path(page).stem.replace("-", " ").capitalize()
