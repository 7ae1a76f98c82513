"""What may not be said of faults that the user chose."""

from __future__ import annotations

from pathlib import Path

from sassafras.campaign.design.from_store import CHOSEN, COUNTED
from sassafras.campaign.design.settings import Settings
from sassafras.errors import UsageError


def demand_sample(place: Path, settings: Settings, *, counted: bool = False) -> None:
    """Raise UsageError for faults that the user chose: a share of them, or an interval, would be a statement
    about a population that they do not stand for; and for a whole population, unless ``counted``: its rows
    do not count alike.
    """
    if settings.exact and not counted:
        raise UsageError(
            f"the faults of {place} were {COUNTED}: its rows weigh what their kinds do; sassafras tables, "
            "report, check, explain and export take them, all else takes a sample"
        )
    if settings.faults is not None:
        raise UsageError(
            f"the faults of {place} were {CHOSEN}: there are no shares, intervals or rates of them; "
            "sassafras tables, explain and export say what became of each"
        )
