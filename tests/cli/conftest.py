"""A small Darknet network in files, images for it, and a command line to type into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.small_files import Files, write_files
from typer.testing import CliRunner, Result

from sassafras.cli.main import app

__all__ = ["Files", "Type"]

Type = Callable[..., Result]


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_places(cache_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of the tests' own, and an empty working folder: what a command leaves behind is seen."""
    monkeypatch.setenv("SASSAFRAS_CACHE", str(cache_folder))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return write_files(tmp_path)


@pytest.fixture
def sassafras() -> Type:
    """Types a command line."""
    runner = CliRunner()
    return lambda *words: runner.invoke(app, [str(word) for word in words])
