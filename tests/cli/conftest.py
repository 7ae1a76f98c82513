"""A small Darknet network in files, images for it, and a command line to type into."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.cli.small_files import Files, write_files
from tests.report.undrawn import undrawn
from typer.testing import CliRunner, Result

from sassafras.cache import cache_dir
from sassafras.cli.main import app

__all__ = ["Files", "Study", "Type"]

Type = Callable[..., Result]
Study = Callable[..., Path]


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder: what a command leaves behind is seen. The cache is that of all tests, which
    compiles a kernel once; it has a name that holds in every folder.
    """
    monkeypatch.setenv("SASSAFRAS_CACHE", str(cache_dir().absolute()))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def drawn() -> None:
    """Named by a test that looks at the figures of a report."""


@pytest.fixture(autouse=True)
def only_asked_for(request: pytest.FixtureRequest) -> Iterator[None]:
    """No figures but for tests that name ``drawn``."""
    with nullcontext() if "drawn" in request.fixturenames else undrawn():
        yield


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return write_files(tmp_path)


@pytest.fixture
def sassafras() -> Type:
    """Types a command line."""
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path]:
    """Folders of studies that were run once, by their options."""
    return {}


@pytest.fixture
def study_of(
    sassafras: Type, shelf: dict[tuple[str, ...], Path], tmp_path_factory: pytest.TempPathFactory
) -> Study:
    """A folder with a finished study of the small network: run once for all that ask for it, and copied."""

    def study_of(out: str | Path, *options: object) -> Path:
        words = tuple(str(option) for option in options)
        if words not in shelf:
            place = tmp_path_factory.mktemp("shelf")
            done = sassafras("run", *write_files(place).options, *words, "--out", place / "study")
            assert done.exit_code == 0, done.output
            shelf[words] = place / "study"
        return Path(shutil.copytree(shelf[words], out))

    return study_of
