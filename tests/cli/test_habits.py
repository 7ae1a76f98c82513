"""Options that every command has, completion, and answers to misspelt words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

import sassafras as package
from sassafras.cli.main import app

Type = Callable[..., Result]

GROUP: Any = get_command(app)
COMMANDS = sorted(GROUP.commands)
SMALL = ["--kernels", "fill_gpu,add_bias", "--modes", "IOV", "--injections", "6", "--workers", "1"]


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_short_and_long_options_everywhere(sassafras: Type, command: tuple[str, ...]) -> None:
    short, long = sassafras(*command, "-h"), sassafras(*command, "--help")
    assert short.exit_code == long.exit_code == 0
    assert short.stdout == long.stdout
    for pair in ("-h, --help", "-V, --version", "-q, --quiet", "-v, --verbose"):
        assert long.stdout.count(f"\n  {pair} ") == 1, long.stdout
    assert long.stdout.count("\n  --debug ") == 1
    for option in ("-V", "--version"):
        said = sassafras(*command, option)
        assert (said.exit_code, said.stdout) == (0, f"sassafras {package.__version__}\n")


def test_quiet_says_paths_and_verdict_alone(sassafras: Type, files: Any) -> None:
    verdict = ["--fail-if", "DUE > 99%"]
    result = sassafras("run", *files.options, *SMALL, "--out", "study", "-q", *verdict)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    starts = [line.split(":")[0] for line in result.stdout.splitlines()]
    assert starts == ["page", "tables", "figures", "rows", "repeat", "passed"]
    before = sassafras("-q", "resume", "study", "--workers", "1")
    assert before.stderr == ""
    assert before.stdout.splitlines() == result.stdout.splitlines()[:-1]


def test_quiet_does_not_silence_errors_and_answers(sassafras: Type) -> None:
    refused = sassafras("run", "-q", "--modes", "RX")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("error: unknown mode 'RX'")
    assert sassafras("kernels", "-q").stdout == sassafras("kernels").stdout


def test_verbose_says_times_cache_and_versions(sassafras: Type, files: Any) -> None:
    loud = sassafras("run", "--verbose", *files.options, *SMALL, "--out", "study")
    assert loud.exit_code == 0, loud.output
    lines = loud.stderr.splitlines()
    assert lines[0].startswith(f"sassafras {package.__version__}, Python {sys.version.split()[0]}, ")
    assert "numpy " in lines[0] and "llvmlite " in lines[0]
    for phase in ("loading network", "loading pictures", "reading rows", "writing report"):
        (line,) = [line for line in lines if line.startswith(f"{phase}: ")]
        assert line.endswith(" s"), line
    assert (
        lines[-1].startswith("cache ")
        and " found, " in lines[-1]
        and os.environ["SASSAFRAS_CACHE"] in lines[-1]
    )
    plain = sassafras("run", *files.options, *SMALL, "--out", "other")
    assert not [
        line for line in plain.stderr.splitlines() if line.startswith(("loading", "cache", "sassafras "))
    ]
    assert plain.stdout.replace("other", "study").splitlines()[:3] == loud.stdout.splitlines()[:3]


def test_quiet_and_verbose_contradict_each_other(sassafras: Type) -> None:
    for words in (["kernels", "-qv"], ["-v", "kernels", "-q"], ["-q", "kernels", "--verbose"]):
        result = sassafras(*words)
        assert result.exit_code == 2
        last = result.stderr.splitlines()[-1]
        assert last == "error: --quiet and --verbose contradict each other; give one of them"


def test_loudness_ends_with_its_command(sassafras: Type) -> None:
    assert "sassafras " in sassafras("-v", "kernels").stderr
    assert sassafras("kernels").stderr == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnu"], "No such command 'rnu'; did you mean run? "),
        (["kernles"], "No such command 'kernles'; did you mean kernels? "),
        (["run", "--injektions", "3"], "No such option --injektions; did you mean --injections? "),
        (["plan", "--haf-width", "1%"], "No such option --haf-width; did you mean --half-width? "),
        (["--verison"], "No such option --verison; did you mean --version? "),
        (["run", "-x"], "No such option -x "),
        (["run", "--preset", "papre"], "did you mean paper? "),
        (["kernels", "forward_maxpol"], "did you mean forward_maxpool? "),
    ],
)
def test_did_you_mean(sassafras: Type, words: list[str], said: str) -> None:
    result = sassafras(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert said in line + " "


def completed(words: str, folder: Path) -> list[str]:
    """What bash is offered for the last word of a line."""
    environment = os.environ | {
        "_SASSAFRAS_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "PYTHONPATH": ":".join(sys.path),
    }
    program = "from sassafras.cli.main import main; import sys; sys.argv[0] = 'sassafras'; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == "", done.stderr
    return done.stdout.split()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that holds two campaigns, one of them deeper, a folder of other things and a file."""
    place = tmp_path / "place"
    for folder in ("mine", "runs/a", "runs/b", "pictures"):
        (place / folder).mkdir(parents=True)
    for folder in ("mine", "runs/a", "runs/b"):
        (place / folder / "results.sqlite").touch()
    (place / "notes.txt").touch()
    return place


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("sassafras har", ["harden"]),
        ("sassafras run --inj", ["--injections"]),
        ("sassafras run --preset ", ["paper", "all", "lenet"]),
        ("sassafras run --modes RF,IO", ["RF,IOA", "RF,IOV"]),
        ("sassafras run --kernels gemm,forward_m", ["gemm,forward_maxpool"]),
        ("sassafras run --models single-bit,d", ["single-bit,double-bit"]),
        ("sassafras kernels im", ["im2col_gpu", "im2col_gpu_ext"]),
        ("sassafras run --scope ", ["thread", "warp", "lanes"]),
        ("sassafras tables ", ["mine", "runs/a", "runs/b"]),
        ("sassafras tables runs/", ["runs/a", "runs/b"]),
        ("sassafras compare mine runs/", ["runs/a", "runs/b"]),
        ("sassafras harden mine --plan t", ["tmr"]),
    ],
)
def test_completion(words: str, offered: list[str], place: Path) -> None:
    assert sorted(completed(words, place)) == sorted(offered)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_can_be_shown(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    done = CliRunner().invoke(app, ["--show-completion", shell], prog_name="sassafras")
    assert "_SASSAFRAS_COMPLETE" in done.stdout or done.exit_code == 2  # shells are detected, or named
    assert "--install-completion" in CliRunner().invoke(app, ["-h"]).stdout
