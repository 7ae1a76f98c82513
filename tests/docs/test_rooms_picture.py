"""The picture of the rooms shows the rooms that there are, in their order, and who imports from whom."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

import pytest
from tests.docs.transcripts import ROOT


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    """The script, as a module."""
    spec = importlib.util.spec_from_file_location("rooms_picture", ROOT / "docs/hooks/rooms_picture.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def shown(picture: str) -> tuple[list[str], list[str]]:
    """The rooms from above, and the arcs; numbers of lines and modules may be older than the code."""
    return re.findall(r'<text x="\d+" y="\d+">(\w+)<', picture), re.findall(
        r"<title>(\w+ imports from \w+):", picture
    )


def test_the_picture_is_that_of_the_imports(drawing: ModuleType) -> None:
    """If it is not: ``python docs/hooks/rooms_picture.py``."""
    stored = drawing.PICTURE.read_text("utf-8")
    assert shown(stored) == shown(drawing.svg())
    names, arcs = shown(stored)
    assert names == drawing.rooms()
    assert len(arcs) > 40
