"""CONTRIBUTING.md speaks of the tree as it is, and what stands beside it is valid."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.docs.transcripts import ROOT

import sassafras

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACES = (ROOT, ROOT / "src" / "sassafras")
MADE = ("runs/", ".venv/", "dist/")  #: by the tools
PATHS = sorted({
    word for word in re.findall(r"`([\w./-]+)`", GUIDE) if "/" in word and not word.startswith(MADE)
})  # fmt: skip
CODE = "\n".join(re.findall(r"`[^`]+`|^    .*", GUIDE, re.MULTILINE))
TARGETS = sorted(set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)\b", CODE)))


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PATHS)
def test_every_path_is_there(path: str) -> None:
    assert any((place / path).exists() for place in PLACES)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_there(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_guide_names_paths_and_targets() -> None:
    assert len(PATHS) > 25
    assert {"check", "test", "bundle", "mutants", "dist", "test-engines"} <= set(TARGETS)


def test_the_citation_is_of_this_version() -> None:
    citation = read_yaml("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)  # required by the format
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == sassafras.__version__
    assert citation["license"] == project["license"]
    assert citation["authors"] == project["authors"]


def test_the_hooks_are_the_tools_of_make_check() -> None:
    hooks = [hook for repo in read_yaml(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for hook in hooks:
        assert hook["language"] == "system"
        command = " ".join(word for word in hook["entry"].split() if not word.startswith("--"))
        assert f"\t{command.replace('.venv/bin', '$(BIN)')}" in makefile
    assert len(hooks) == 3


def test_every_supported_python_is_tested() -> None:
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    matrix = jobs["tests"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lowest = project["requires-python"].removeprefix(">=")
    assert matrix[0] == lowest
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in matrix
    assert jobs["lowest"]["steps"][1]["with"]["python-version"] == lowest
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    for target in re.findall(r"make ([a-z-]+)", "\n".join(commands)):
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert Path(ROOT / ".ci" / "run").stat().st_mode & 0o111
