"""Names of the built-in fault models."""

from __future__ import annotations

from importlib.resources import files

BUILT_IN = files("sassafras.faults.models") / "data"  #: where they and their tables lie


def built_in_names() -> list[str]:
    """Their names, sorted."""
    names = (file.name for file in BUILT_IN.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
