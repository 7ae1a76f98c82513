"""Workload files on the command line: a campaign, its page in its own words, hardening, and bad input."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Type = Callable[..., Result]
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "own" / "stencil"
STRUCK = re.compile(r"\b(layers?|frames?|network|inference|class(es)?|probabilit\w+)\b", re.IGNORECASE)


@pytest.fixture
def workload(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "given")
    return tmp_path / "given" / "workload.toml"


def visible(page: str) -> str:
    """What can be read of a page."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", body)


@pytest.mark.long
def test_a_study_from_file_to_hardened_program(sassafras: Type, workload: Path, tmp_path: Path) -> None:
    """Everything speaks of parts and inputs, and each command takes it."""
    folder = tmp_path / "run"
    few = ("--injections", "12", "--workers", "1")
    shown = sassafras("run", "--workload", workload, "--out", folder, *few)
    assert shown.exit_code == 0, shown.output
    assert not STRUCK.search(shown.stdout)
    assert not STRUCK.search(visible((folder / "report.html").read_text("utf-8")))
    for command in (
        ("tables",),
        ("status",),
        ("fit",),
        ("resume", "--workers", "1"),
    ):
        found = sassafras(command[0], folder, *command[1:])
        assert found.exit_code == 0, found.output
    assert "part 0" in sassafras("explain", folder, "IOV:1", "--html").stdout
    hardened = sassafras("harden", folder, "--workers", "1")
    assert hardened.exit_code == 0, hardened.output
    assert "run three times" in hardened.stdout
    assert "+200.0 % modelled time" in hardened.stdout
    told = sassafras("explain", folder / "harden" / "three-runs.sqlite", "IOV:1")
    assert told.exit_code == 0, told.output
    refused = sassafras("harden", folder, "--plan", "tmr")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--plan is of the kernels of networks: stencil has kernels of its own" in refused.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--images", "x"], "--images is of networks: it cannot go with --workload"),
        (["--preset", "lenet"], "--preset lenet is of networks"),
        (["--kernels", "stop"], "kernel 'stop': did you mean step?"),
        (["--arch", "sm_52"], "is for sm_50, the workload for sm_52"),
        (["--groups", "DADD_DMUL", "--modes", "IOV"], "nothing to strike"),
    ],
)
def test_bad_options_are_refused(
    sassafras: Type, workload: Path, tmp_path: Path, options: list[str], words: str
) -> None:
    found = sassafras("run", "--workload", workload, "--out", tmp_path / "run", *options)
    assert found.exit_code == 2
    (line,) = found.stderr.splitlines()
    assert line.startswith("error: ")
    assert words.rsplit(":", maxsplit=1)[-1].strip() in line
    assert not (tmp_path / "run").exists()


def test_a_golden_run_that_traps_leaves_nothing(sassafras: Type, workload: Path, tmp_path: Path) -> None:
    text = workload.read_text("utf-8").replace('n = "n", rate', "n = 200000, rate")
    workload.write_text(text)
    found = sassafras("run", "--workload", workload, "--out", tmp_path / "run")
    assert found.exit_code == 2
    assert "without a fault" in found.stderr.splitlines()[-1]
    assert not (tmp_path / "run").exists()


def test_disasm_and_compile_refuse_in_one_line(sassafras: Type, tmp_path: Path) -> None:
    (tmp_path / "bad.cu").write_text('extern "C" __global__ void k(int *a) { a[0] = nowhere; }')
    for command, words in (
        (("compile", tmp_path / "bad.cu"), 'bad.cu(1): error: identifier "nowhere" is undefined'),
        (("compile", tmp_path / "none.cu"), "cannot read the CUDA source"),
        (("disasm", tmp_path / "bad.cu"), "it is no cubin, fatbin or host file"),
        (("compile", tmp_path / "bad.cu", "--arch", "sm_1"), "sm_1"),
    ):
        found = sassafras(*command)
        assert (found.exit_code, found.stdout) == (2, "")
        (line,) = found.stderr.splitlines()
        assert words in line


def test_fidelity_of_a_file_and_of_its_campaign(sassafras: Type, workload: Path, tmp_path: Path) -> None:
    """The same is said before a campaign, at its end, of its folder and on its page."""
    before = sassafras("fidelity", "--workload", workload, "--workers", "1")
    assert before.exit_code == 0, before.output
    line = before.stdout.splitlines()[-1]
    assert line == "fidelity: every executed instruction exact"
    folder = tmp_path / "run"
    ran = sassafras("run", "--workload", workload, "--out", folder, "--injections", "2", "--workers", "1")
    assert line in ran.stdout
    assert sassafras("fidelity", folder).stdout.splitlines() == [line]
    assert "every executed instruction exact" in visible((folder / "report.html").read_text("utf-8"))
    both = sassafras("fidelity", folder, "--workload", workload)
    assert (both.exit_code, both.stdout) == (2, "")
    assert "no option goes with it" in both.stderr
    nowhere = sassafras("fidelity", tmp_path / "nowhere")
    assert nowhere.exit_code == 2 and len(nowhere.stderr.splitlines()) == 1
