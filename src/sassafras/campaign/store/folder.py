"""The folder of a campaign: made, taken back where nothing came of it, and never one of the user's own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from sassafras.campaign.store.lock import lock_file
from sassafras.campaign.store.store_errors import STORE_NAME
from sassafras.errors import CampaignError, UsageError

RECIPE = "campaign.toml"  #: in the folder: the options that made the campaign (``sassafras run --config``)


def make_folder(folder: Path) -> tuple[Path, ...]:
    """Make a campaign's folder. Returns the folders that were made for it, the innermost first. Raises
    CampaignError where that cannot be.
    """
    try:
        made = tuple(path for path in (folder, *folder.parents) if not path.exists())
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CampaignError(f"{folder} cannot be made ({error.strerror}); choose another --out") from error
    return made


def is_unborn(store: Path) -> bool:
    """Whether a store is still to be made: it is not there, or was killed before anything was in it."""
    return not store.exists() or store.stat().st_size == 0


def take_back(store: Path, made: Iterable[Path]) -> None:
    """Delete the files of a store that has been closed, and the folders that were made for it (the innermost
    first), as far as they are empty.
    """
    beside = (store.with_name(f"{store.name}{end}") for end in ("-wal", "-shm", "-journal"))
    for path in (store, *beside, lock_file(store), store.with_name(RECIPE)):
        path.unlink(missing_ok=True)
    for folder in made:
        with contextlib.suppress(OSError):
            folder.rmdir()


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
