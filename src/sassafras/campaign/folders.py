"""Whose a folder is: nothing of the user's is overwritten."""

from __future__ import annotations

from pathlib import Path

from sassafras.campaign.store_errors import STORE_NAME
from sassafras.errors import CampaignError, UsageError


def check_ours(folder: Path, store: str = STORE_NAME) -> None:
    """Raise UsageError unless files can be written into a folder under names of our choice: it does not
    exist, holds nothing (hidden files aside), or holds the file ``store``, which says that it is ours.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file; choose another --out folder")
    if (folder / store).exists():
        return
    found = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if found:
        raise UsageError(
            f"{folder} is no folder of ours (no {store} in it) and holds {found[0]}"
            f"{'' if len(found) == 1 else f' and {len(found) - 1} more'}; nothing is written into it: "
            "choose a new folder"
        )


def make_folder(folder: Path) -> None:
    """Make a campaign's folder. Raises CampaignError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CampaignError(f"{folder} cannot be made ({error.strerror}); choose another --out") from error
