"""The names of the classes, which stand in a file of their own."""

from __future__ import annotations

from pathlib import Path

from sassafras.errors import NetworkError
from sassafras.network.importers.darknet.text_files import check_kind, decode, lines_of


def class_names(path: Path | str | None, outputs: int) -> list[str]:
    """The names in a file, one per line; None: "class0", "class1", ... Empty lines are passed over; UTF-8,
    else Latin-1 (Darknet prints the bytes as they are). Raises NetworkError.
    """
    if path is None:
        return [f"class{index}" for index in range(outputs)]
    expected = "expected a text file, one name per line"
    try:
        data = Path(path).read_bytes()
    except OSError:
        raise NetworkError(f"{path}: cannot read the class names; {expected}") from None
    try:
        check_kind(data, "class names")
        lines = lines_of(decode(data))
    except NetworkError as error:
        raise NetworkError(f"{path}: cannot read the class names: {error}; {expected}") from None
    return [line.strip() for line in lines if line.strip()]
