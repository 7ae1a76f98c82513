"""``sassafras verify``, and who does the work of ``sassafras run``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from sassafras.verify import known_outcomes, self_check

Type = Callable[..., Result]


@pytest.fixture(autouse=True)
def nothing_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "check_rebuilt", lambda arch: None)  # tests/toolchain rebuilds


@pytest.mark.parametrize("form", [(), ("--full", "--workers", "1")], ids=["short", "full"])
def test_a_list_of_what_passed(sassafras: Type, files: Any, form: tuple[str, ...]) -> None:
    result = sassafras("verify", *files.options, *form)
    assert result.exit_code == 0, result.output
    *_, last = result.stdout.splitlines()
    count = result.stdout.count("pass  ")
    assert last == f"{count} checks passed ({'full' if form else 'short'} form)"
    assert count >= 4
    assert not list(Path.cwd().iterdir())


def test_a_failure_is_exit_code_1(sassafras: Type, files: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_outcomes, "LOGITS", (1.0, 2.0, 3.0, 4.0))
    result = sassafras("verify", *files.options)
    assert result.exit_code == 1
    assert "FAIL  known faults have known outcomes" in result.stdout
    assert result.stdout.splitlines()[-1] == "1 of 4 checks failed: trust no result of this installation"


def test_a_campaign_that_fails_is_one_line(
    sassafras: Type, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_outcomes, "LOGITS", (1.0, 2.0, 3.0, 4.0))
    result = sassafras("run", *files.options, "--injections", "2", "--workers", "1", "--out", "study")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith("error: the self-check failed on ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--workers", "2", "--local-cluster", "2"),
            "--workers and --local-cluster both say who does the work",
        ),
        (
            ("--scheduler", "tcp://a:1", "--local-cluster", "2"),
            "--scheduler and --local-cluster both say who",
        ),
        (("--scheduler", "node1"), "'node1' is no scheduler's address; give one such as tcp://host:8786"),
        (("--scheduler", "tcp://127.0.0.1:1"), "no dask scheduler answers at tcp://127.0.0.1:1"),
    ],
)
def test_dask_that_cannot_be_used_is_one_line(
    sassafras: Type, files: Any, options: tuple[str, ...], message: str
) -> None:
    result = sassafras("run", *files.options, "--injections", "2", "--out", "study", *options)
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1].startswith(f"error: {message}")
