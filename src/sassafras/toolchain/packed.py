"""Bundled files of an architecture in one archive: ``listings/<arch>.zip``, compressed.

An archive is compared by what its files hold: compressors of other versions make other bytes.
"""

from __future__ import annotations

import lzma
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WHEN = (1980, 1, 1, 0, 0, 0)  #: of every member: the same files make the same archive


@dataclass(frozen=True)
class PackedFile:
    """A file in an archive; it is read as a `Path` is. The archive is opened for each read, so that processes
    share nothing.
    """

    archive: Path
    name: str

    def exists(self) -> bool:
        """Whether the archive holds it."""
        return self.archive.exists() and self.name in names_in(self.archive)

    def read_bytes(self) -> bytes:
        """Its content. Raises OSError where it is not there, or the archive is damaged."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                return archive.read(self.name)
        except KeyError:
            raise FileNotFoundError(2, "No such file in the archive", str(self)) from None
        except (zipfile.BadZipFile, EOFError, lzma.LZMAError) as error:
            raise OSError(5, f"damaged archive ({error})", str(self)) from None

    def read_text(self, encoding: str = "utf-8") -> str:
        """The same as text."""
        return self.read_bytes().decode(encoding)

    def __str__(self) -> str:
        return f"{self.archive}:{self.name}"


BundleFile = Path | PackedFile


@cache
def _names(archive: Path, _changed: int) -> frozenset[str]:
    try:
        with zipfile.ZipFile(archive) as opened:
            return frozenset(opened.namelist())
    except (zipfile.BadZipFile, OSError):
        return frozenset()


def names_in(archive: Path) -> frozenset[str]:
    """The files that an archive holds; none where it is damaged."""
    return _names(archive, archive.stat().st_mtime_ns)


def pack(archive: Path, files: Mapping[str, bytes]) -> None:
    """Write an archive with these files, in the order of their names, and nothing else."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as opened:
        for name in sorted(files):
            opened.writestr(zipfile.ZipInfo(name, _WHEN), files[name], zipfile.ZIP_LZMA)
