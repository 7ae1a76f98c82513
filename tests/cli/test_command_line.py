"""Help, version, exit codes and the last stop of every exception."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner, Result

import sassafras as package
from sassafras.cli.command_line import CommandLine
from sassafras.errors import CampaignError, CampaignInterrupted

Type = Callable[..., Result]


def failing(error: BaseException, *words: str) -> Result:
    app = typer.Typer(cls=CommandLine, rich_markup_mode=None)

    @app.callback()
    def group() -> None:
        """A group."""

    @app.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(app, ["fail", *words])


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (CampaignError("a clear\n  line"), 2, "error: a clear line"),
        (CampaignInterrupted("stopped: go on so"), 130, "stopped: go on so"),
        (FileNotFoundError(2, "No such file", "x.cfg"), 2, "error: x.cfg: No such file"),
        (KeyError("k"), 1, "error: KeyError: 'k' (a defect of ours; --debug shows where)"),
        (ValueError(), 1, "error: ValueError (a defect of ours; --debug shows where)"),
        (KeyboardInterrupt(), 130, "interrupted; give the same command again to go on"),
    ],
)
def test_every_exception_is_one_line_and_a_code(error: BaseException, code: int, line: str) -> None:
    result = failing(error)
    assert result.exit_code == code
    assert result.stderr.splitlines() == [line]
    assert result.stdout == ""


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_names_every_command(sassafras: Type, words: list[str]) -> None:
    result = sassafras(*words)
    assert result.exit_code == 0
    for command in ("run", "profile", "kernels"):
        assert f"\n  {command} " in result.stdout
    assert "..." not in result.stdout.split("Commands:")[1]


def test_debug_shows_where() -> None:
    result = failing(CampaignError("wrong"), "--debug")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1] == "error: wrong"


def test_version(sassafras: Type) -> None:
    assert sassafras("--version").stdout == f"sassafras {package.__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    """So that it is instant."""
    program = (
        "import sys\nfrom sassafras.cli.main import app\n"
        "try: app(['run', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'matplotlib', 'scipy', 'llvmlite', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert "--injections" in done.stdout


def test_kernels_are_listed(sassafras: Type) -> None:
    result = sassafras("kernels")
    assert result.exit_code == 0
    rows = {words[0]: words for line in result.stdout.splitlines() if (words := line.split())}
    assert rows["im2col_gpu"][-1] == "5"
    assert rows["softmax"][-3:] == ["32", "750", "1"]
    assert rows["forward_maxpool"][-1] == "3"
