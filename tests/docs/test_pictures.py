"""What the page about pictures shows is what happens, and what it lists is what there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow
from tests.docs.transcripts import ROOT, run, steps

from sassafras.network.fit import Fit
from sassafras.network.labels import label_of
from sassafras.network.picture_files import SUFFIXES

PAGE = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_the_page_runs_as_written(tmp_path: Path) -> None:
    found = list(steps(PAGE, slow=False))
    assert len(found) == 2
    for step in found:
        run(step, tmp_path)


def test_lists_and_examples_of_the_page() -> None:
    assert f"`{' '.join(SUFFIXES)}`" in PAGE
    assert [f"| `{fit}`" in PAGE for fit in Fit] == [True] * 3
    assert f"{2 * (Pillow.MAX_IMAGE_PIXELS or 0):,}" in PAGE
    classes = ("bipolar", "hook", "bag", "specimen_bag")
    assert label_of("hook", "0001-bipolar", classes) == 1
    assert label_of("", "3-specimen_bag", classes) == 3
    assert label_of("", "hook_0001", classes) == 1
