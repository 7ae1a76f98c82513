"""Files that a user names: bytes to text as Darknet takes it, and what a file is that is not what it should
be.
"""

from __future__ import annotations

import re

from sassafras.errors import NetworkError

_LOOKED_AT = 1024  #: bytes from the start that tell what a file is
_POINTER = re.compile(rb"version https://(git-lfs|hawser)\.github\.com/spec/v1\s")
_PAGE = re.compile(
    rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TEXT = re.compile(rb"[\t\n\r -~]*[!-~][\t\n\r -~]*")
_ENOUGH = 12  #: bytes that tell a text; a Darknet header has at least 12, and zeros among them
_ARCHIVES = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "a gzip archive"}


def decode(data: bytes) -> str:
    """UTF-8 (a byte order mark is dropped), and where it is not UTF-8 one character per byte (Latin-1).

    Darknet reads bytes and asks for no encoding: comments may be in any that keeps ASCII (GBK, Latin-1).
    Raises NetworkError for a NUL byte: not a text file.
    """
    if b"\0" in data:
        raise NetworkError("not a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def lines_of(text: str) -> list[str]:
    """Lines that end as files' lines do. ``str.splitlines`` also ends them at bytes of other encodings
    (0x85).
    """
    return re.split("\r\n|\r|\n", text)


def check_kind(data: bytes, wanted: str) -> None:
    """Refuse what a download often leaves in place of the file that was ``wanted``, by its name: a git-LFS
    pointer, an HTML page, an archive. Raises NetworkError.
    """
    start = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf")
    if _POINTER.match(start):
        raise NetworkError(f"a git-LFS pointer, not {wanted}: fetch the file itself with: git lfs pull")
    if _PAGE.match(start):
        raise NetworkError(f"an HTML page, not {wanted}: download the file itself (on GitHub: Raw)")
    for magic, name in _ARCHIVES.items():
        if start.startswith(magic):
            raise NetworkError(f"{name}, not {wanted}: unpack it")


def check_not_text(data: bytes, wanted: str) -> None:
    """Refuse a text, such as the message of a server, in place of a file with a binary header. Raises
    NetworkError.
    """
    start = data[:_LOOKED_AT]
    if len(data) >= _ENOUGH and _TEXT.fullmatch(start):
        line = start.decode("ascii").strip().split("\n")[0].strip()
        raise NetworkError(f"text that begins {line[:40]!r}, not {wanted}")
