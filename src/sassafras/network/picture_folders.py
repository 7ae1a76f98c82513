"""Which files of a folder are pictures, and which entries are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.picture_files import SUFFIXES

SHOWN = 3  #: names in a line


@dataclass(frozen=True)
class PictureFile:
    """``folder``: name of the sub-folder it is in, "" for none."""

    path: Path
    folder: str

    @property
    def name(self) -> str:
        """With the sub-folder, as "hook/0001.png"; what cannot be printed is escaped."""
        return printable(f"{self.folder}/{self.path.name}" if self.folder else self.path.name)


@dataclass(frozen=True)
class PictureFolder:
    """What a folder holds. ``files``: the pictures in order of their names; ``left_out``: everything else but
    what is hidden, folders with a "/" behind.
    """

    folder: Path
    files: tuple[PictureFile, ...]
    left_out: tuple[str, ...]


def list_pictures(folder: Path) -> PictureFolder:
    """The pictures of a folder, by their suffixes. Where none lies in it directly, those in its sub-folders
    (not in theirs). Hidden entries are passed over. Raises NetworkError for no folder, and no pictures.
    """
    try:
        entries = _visible(folder)
        files = [PictureFile(path, "") for path in entries if _is_picture(path)]
        below = [] if files else [path for path in entries if path.is_dir()]
        rest = [path for path in entries if path not in below and not _is_picture(path)]
        left_out = [_shown(path, "") for path in rest]
        for sub in below:
            inside = _visible(sub)
            files += [PictureFile(path, sub.name) for path in inside if _is_picture(path)]
            left_out += [_shown(path, sub.name) for path in inside if not _is_picture(path)]
    except OSError as error:
        reason = error.strerror or error
        raise NetworkError(f"{folder}: {reason}; give a folder with images") from None
    if not files:
        found = f"; found {few(left_out)}" if left_out else ""
        expected = ", ".join(SUFFIXES)
        raise NetworkError(f"{folder}: no images in this folder; expected {expected} files{found}")
    return PictureFolder(folder, tuple(files), tuple(sorted(left_out)))


def few(names: Iterable[str]) -> str:
    """The first of some names, and how many more there are; what cannot be printed is escaped."""
    listed = list(names)
    said = ", ".join(printable(name) for name in listed[:SHOWN])
    return said + (f" and {len(listed) - SHOWN} more" if len(listed) > SHOWN else "")


def printable(name: str) -> str:
    """On one line and in UTF-8: line breaks, and bytes that are no text, as Python writes them."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in name)


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def _shown(path: Path, folder: str) -> str:
    return (f"{folder}/" if folder else "") + path.name + ("/" if path.is_dir() else "")
