"""Nothing of the user's is overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Files, Type
from typer.testing import Result


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: "), line
    assert all(words in line for words in said), line


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder of the user's, with a file that has the name of one of ours."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "report.html").write_text("mine")
    (folder / "summary.json").write_text("mine too")
    return folder


def untouched(folder: Path) -> bool:
    found = {path.name: path.read_text() for path in folder.iterdir()}
    return found == {"report.html": "mine", "summary.json": "mine too"}


def test_a_run_leaves_a_folder_of_others_alone(sassafras: Type, files: Files, theirs: Path) -> None:
    line = ("run", *files.options, "--injections", 1, "--workers", 1, "--out", theirs)
    refused(sassafras(*line), "theirs", "no folder of ours", "report.html and 1 more", "choose a new folder")
    assert untouched(theirs)


def test_a_merge_leaves_a_folder_of_others_alone(sassafras: Type, theirs: Path) -> None:
    refused(sassafras("merge", theirs, "part1"), "no folder of ours")
    assert untouched(theirs)


def test_an_import_leaves_a_folder_of_others_alone(sassafras: Type, theirs: Path, tmp_path: Path) -> None:
    line = ("import", tmp_path / "log.txt", "--format", "sassifi", "--out", theirs)
    refused(sassafras(*line), "no folder of ours")
    assert untouched(theirs)


def test_an_empty_folder_and_a_campaign_are_ours(sassafras: Type, files: Files, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / ".keep").touch()
    line = ("run", *files.options, "--injections", 1, "--workers", 1, "--out", folder)
    for _ in range(2):
        result = sassafras(*line)
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--out", ""),
        ("run", "--out="),
        ("merge", "", "part1"),
        ("report", "mine", "--figures", ""),
        ("compare", "a", "b", "--out", " "),
    ],
)
def test_an_empty_word_is_refused(sassafras: Type, words: tuple[str, ...], tmp_path: Path) -> None:
    refused(sassafras(*words), "an empty word after ")
    assert not list((tmp_path / "here").iterdir())
