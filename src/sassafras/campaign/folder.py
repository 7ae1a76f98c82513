"""The folder of a campaign: made, and taken back where nothing came of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from sassafras.campaign.lock import lock_file
from sassafras.errors import CampaignError


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


def take_back(store: Path, made: Iterable[Path]) -> None:
    """Delete the files of a store that has been closed, and the folders that were made for it (the innermost
    first), as far as they are empty.
    """
    beside = (store.with_name(f"{store.name}{end}") for end in ("-wal", "-shm", "-journal"))
    for path in (store, *beside, lock_file(store)):
        path.unlink(missing_ok=True)
    for folder in made:
        with contextlib.suppress(OSError):
            folder.rmdir()
