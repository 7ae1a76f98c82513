"""The class that a picture's place and name say it is of."""

from __future__ import annotations

from collections.abc import Sequence


def label_of(folder: str, stem: str, classes: Sequence[str]) -> int | None:
    """The number of a picture's class, by the first of these rules that finds one:

    1. its sub-folder (``folder``, "" without one) is named as a class;
    2. its name without the suffix (``stem``) is a class or ends in one behind "-" or "_", the longest;
    3. one class alone is somewhere in its sub-folder's name or its own: Darknet's rule (``fill_truth`` of
       ``data.c``), which looks at the whole path.

    Upper and lower case differ. None: no rule does.
    """
    known = list(classes)
    if folder and folder in known:
        return known.index(folder)
    behind = [name for name in known if stem == name or stem.endswith(("-" + name, "_" + name))]
    if behind:
        return known.index(max(behind, key=len))
    inside = classes_inside(folder, stem, known)
    return known.index(inside[0]) if len(inside) == 1 else None


def classes_inside(folder: str, stem: str, classes: Sequence[str]) -> list[str]:
    """The classes that are somewhere in the names, each once."""
    path = f"{folder}/{stem}"
    return [name for name in dict.fromkeys(classes) if name and name in path]
