"""The page about faults of one's own: its file is the example's, and what it shows is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.transcripts import ROOT, run, steps


@pytest.mark.long
def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "own-faults.md").read_text(encoding="utf-8")
    example = (ROOT / "docs" / "examples" / "faults.csv").read_text(encoding="utf-8")
    assert f"```csv\n{example}```\n" in page
    (tmp_path / "faults.csv").write_text(example, encoding="utf-8")
    heading = next(line for line in example.splitlines() if line.startswith("kernel,"))
    wrong = example.splitlines()[-1].replace("IOA:R0", "IOA:R9")
    (tmp_path / "wrong.csv").write_text(f"{heading}\n{wrong}\n", encoding="utf-8")
    found = list(steps(page, slow=False))
    assert len(found) == 4
    for step in found:
        run(step, tmp_path)
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["faults", "own"]
