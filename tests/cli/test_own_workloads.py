"""Workload files on the command line: a campaign, its page in its own words, hardening, and bad input."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from sassafras.cli.main import commands

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


#: Every command, with what it is given: FILE is the workload's, DIR a campaign's folder, NEW is not there.
TAKEN = {
    "fidelity": "--workload FILE --workers 1",
    "run": "--workload FILE --out NEW --injections 2 --workers 1",
    "plan": "--workload FILE --probe 2 --workers 1",
    "profile": "--workload FILE --workers 1",
    "kernels": "--workload FILE",
    "verify": "--workload FILE --workers 1",
    "harden": "DIR --injections 12 --workers 1",
    "report": "DIR",
    "status": "DIR",
    "resume": "DIR --workers 1",
    "merge": "NEW SHARD1 SHARD2",
    "export": "DIR --out NEW.csv",
    "check": "DIR --fail-if 'DUE > 99%'",
    "compare": "DIR SHARD1",
    "fit": "DIR",
    "sites": "DIR --format sassifi --out NEW --workers 1",
    "tables": "DIR",
    "explain": "DIR IOV:1",
}
ELSEWHERE = {"compile", "disasm", "import", "scaffold", "train"}  #: not about a program that is struck


@pytest.mark.long
def test_every_command_takes_a_workload(sassafras: Type, workload: Path, tmp_path: Path) -> None:
    """By its file, or by the folder of a campaign with it."""
    assert set(TAKEN) | ELSEWHERE == set(commands())
    few = ("--workload", workload, "--injections", "12", "--workers", "1")
    for name, more in (("DIR", ()), ("SHARD1", ("--shard", "1/2")), ("SHARD2", ("--shard", "2/2"))):
        assert sassafras("run", "--out", tmp_path / name, *few, *more).exit_code == 0
    folders = {name: tmp_path / name for name in ("DIR", "SHARD1", "SHARD2")}
    for command, words in TAKEN.items():
        new = tmp_path / f"new-{command}"
        places = {**folders, "FILE": workload, "NEW": new, "NEW.csv": new.with_suffix(".csv")}
        given = [places.get(word, word) for word in shlex.split(words)]
        found = sassafras(command, *given)
        assert found.exit_code == 0, (command, found.output)
        said = re.sub(r"\S*(/|\w,\w)\S*", "", found.stdout)  # files and columns keep their names
        assert not STRUCK.search(said), (command, STRUCK.search(said))


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


def test_kernels_of_a_workload(sassafras: Type, workload: Path) -> None:
    """The list without a layer of any network, and one listing with the counts of the whole program."""
    listed = sassafras("kernels", "--workload", workload)
    assert listed.exit_code == 0, listed.output
    assert not STRUCK.search(listed.stdout)
    (row,) = [line for line in listed.stdout.splitlines() if "step" in line]
    assert row.split() == ["step", "13", "60", "10"]
    shown = sassafras("kernels", "--workload", workload, "step", "--launch", "3", "--workers", "1")
    assert shown.exit_code == 0, shown.output
    title, columns, first, *_ = shown.stdout.splitlines()
    said = "step, sm_50: 13 registers, counts over launch 3 (part 0) of one golden run of stencil"
    assert title == said
    assert "issued" in columns
    assert f"{48 * 48:,}" in first  # every thread of the launch


def test_kernels_that_a_workload_does_not_have(sassafras: Type, workload: Path) -> None:
    for words, expected in (
        (["stop"], "unknown kernel 'stop'; did you mean step?"),
        (["all"], "unknown kernel 'all'"),
        (["step", "--launch", "10"], "launch 10 of stencil is not one of step; its launches: 0 (part 0), 1"),
        (["--launch", "1"], "--launch needs a kernel: sassafras kernels KERNEL --launch N"),
        (["--arch", "sm_52"], "is for sm_50, the workload for sm_52"),
    ):
        found = sassafras("kernels", "--workload", workload, *words)
        assert found.exit_code == 2
        assert expected in found.stderr.splitlines()[-1]


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


FATBIN = Path(__file__).parents[1] / "toolchain" / "fatbin" / "zstd.fatbin"
BAD = {
    "a buffer that is too small": (
        ('b = { shape = ["n", "n"]', 'b = { shape = ["n", "n - 1"]'),
        "step, launch 0, stores to 192 bytes that no buffer has, the first 0 bytes behind the end of b (9024",
    ),
    "a content of another size": (
        ('random = "uniform", high = 100', "values = [[1]]"),
        "buffers.a has shape (1, 1), the buffer a has (48, 48)",
    ),
    "no argument": ((", rate = 0.2", ""), "rate is missing; step takes old, now, n, rate"),
    "no such kernel launched": (
        ('kernel = "step"', 'kernel = "stop"'),
        "there is no kernel 'stop'; did you mean step",
    ),
    "no such kernel in the code": (
        ('"stencil.sass"', '"stencil.sass"\nfunction = "stepp"'),
        "there is no kernel 'stepp'; did you mean step",
    ),
    "a fatbin without the architecture": (
        ('outputs = ["a"]', f'architecture = "sm_52"\noutputs = ["a"]\nkernels.other.cubin = "{FATBIN}"'),
        "zstd.fatbin: no machine code for sm_52: it holds sm_50, sm_75; compile with nvcc -arch=sm_52",
    ),
    "a listing of another architecture": (
        ('outputs = ["a"]', 'architecture = "sm_52"\noutputs = ["a"]'),
        "stencil.sass is for sm_50, the workload for sm_52",
    ),
    "a run that traps": (('n = "n", rate', "n = 200000, rate"), "without a fault, thread 17 of block 0"),
    "an output that nobody writes": (
        ("steps = 10", "steps = 1"),
        "no launch writes the output a; give the buffer that holds the result",
    ),
    "a result that is no number": (
        ('random = "uniform", high = 100', "uninitialised = true"),
        "holds NaN or infinity, first in the output of part 0 (step): give buffers other contents",
    ),
    "a judgement that is not there": (
        ('compare = "absolute"\ntolerance = 0.5', 'function = "none.py:judge"'),
        "none.py cannot be imported",
    ),
    "words that are one": (
        ("tolerance = 0.5", 'tolerance = 0.5\nwords = ["fine", "fine"]'),
        "words: two different ones",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line(
    sassafras: Type, workload: Path, tmp_path: Path, name: str
) -> None:
    (old, new), words = BAD[name]
    text = workload.read_text("utf-8")
    assert old in text
    workload.write_text(text.replace(old, new), "utf-8")
    found = sassafras("run", "--workload", workload, "--out", tmp_path / "run", "--workers", "1")
    assert (found.exit_code, found.stdout) == (2, "")
    errors = [line for line in found.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and found.stderr.splitlines()[-1] == errors[0]
    assert words in errors[0]
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


VARIANTS = Path(__file__).parents[1] / "workload" / "own"


@pytest.mark.long
def test_harden_takes_the_variants_of_a_workload(sassafras: Type, tmp_path: Path) -> None:
    """All of them beside the three runs, or one; and faults in them can be explained."""
    folder = tmp_path / "run"
    few = ("--injections", "20", "--workers", "1")
    run = sassafras("run", "--workload", VARIANTS / "variants.toml", "--out", folder, *few)
    assert run.exit_code == 0, run.output
    every = sassafras("harden", folder, "--workers", "1")
    assert every.exit_code == 0, every.output
    protected = [line for line in every.stdout.splitlines() if line.startswith("protected: ")]
    assert [line.split()[1] for line in protected[1:]] == [
        *("smooth=dmr", "smooth=tmr", "smooth=wrong"),
        "scale=guard",
    ]
    assert "the outputs are the plain program's in every bit, on 1 input" in every.stdout
    assert "the outputs differ on 1 of 1 input, by at most " in every.stdout
    assert re.search(
        r"the same faults: \d+ of 60 exist here; of them \d+ were critical, \d+ are", every.stdout
    )
    assert not STRUCK.search(re.sub(r"\S*/\S*", "", every.stdout))
    one = sassafras("harden", folder, "--protect", "smooth=tmr", "--workers", "1")
    assert one.exit_code == 0, one.output
    assert one.stdout.count("protected: ") == 1
    for end in ("fresh", "replay"):
        told = sassafras("explain", folder / "harden" / f"smooth=tmr.{end}.sqlite", "RF:1")
        assert told.exit_code == 0, told.output
        assert "of smooth" in told.stdout or "of scale" in told.stdout
    wrong = sassafras("harden", folder, "--protect", "smooth=tnr")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr.splitlines()[-1].startswith("error: smooth has no variant 'tnr'; did you mean tmr")


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
