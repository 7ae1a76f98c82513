"""What the documents show is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.transcripts import ROOT, run, steps

#: In this order, in one folder: the tutorial makes the campaigns that the others use.
DOCUMENTS = ("tutorial.md", "commands.md", "check.md", "compare.md")


@pytest.mark.parametrize(
    "slow", [pytest.param(False, marks=pytest.mark.long), pytest.param(True, marks=pytest.mark.slow)]
)
def test_documents_show_what_happens(tmp_path: Path, slow: bool) -> None:
    for name in DOCUMENTS:
        found = list(steps((ROOT / "docs" / name).read_text(encoding="utf-8"), slow=slow))
        assert found or not slow, f"{name} runs nothing"
        for step in found:
            run(step, tmp_path)


def test_a_transcript_that_is_wrong_is_found(tmp_path: Path) -> None:
    (right,) = steps("```console\n$ sassafras --version\nsassafras ...\n```\n", slow=False)
    run(right, tmp_path)
    for bad in (
        "```console\n$ sassafras --version\nsomething else\n```\n",
        "```python\nprint(1)\n```\n```text\n2\n```\n",
    ):
        (wrong,) = steps(bad, slow=False)
        with pytest.raises(AssertionError, match="the document shows"):
            run(wrong, tmp_path)
    (fails,) = steps("```console\n$ sassafras check nowhere\n```\n", slow=False)
    with pytest.raises(AssertionError, match="exit code 2"):
        run(fails, tmp_path)


def test_slow_parts_and_codes_are_read() -> None:
    text = "```console\n$ sassafras a\nx\n$ echo $?\n1\n```\n<!-- slow -->\n```console\n$ sassafras b\n```\n"
    quick, whole = (list(steps(text, slow=slow)) for slow in (False, True))
    assert [(s.command[-1], s.shown, s.code) for s in quick] == [("a", "x\n", 1)]
    assert [s.command[-1] for s in whole] == ["a", "b"]
