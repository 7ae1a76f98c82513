"""Commands from files: ``run --config study.toml``, and the campaign.toml that every run writes."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import Result

import sassafras as package
from sassafras.campaign.source import open_campaign
from sassafras.campaign.store.stored import open_stored

Type = Callable[..., Result]

STUDY = """\
# a small study
network = "tiny.cfg"
weights = "tiny.weights"
images = "images"
kernels = ["fill_gpu", "add_bias"]
modes = "IOV"
injections = 9
models = ["single-bit"]
seed = 5
workers = 1
out = "campaigns/one"
"""


def rows(folder: Path | str) -> pd.DataFrame:
    return pd.read_csv(Path(folder) / "injections.csv")


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text)
    return path


def test_a_file_is_the_command_line(sassafras: Type, files: Any, tmp_path: Path) -> None:
    """Paths are those beside the file, wherever the command is given."""
    result = sassafras("run", "--config", write(tmp_path, STUDY))
    assert result.exit_code == 0, result.output
    typed = [
        "--kernels",
        "fill_gpu,add_bias",
        "--modes",
        "IOV",
        "--injections",
        "9",
        "--models",
        "single-bit",
    ]
    assert sassafras("run", *files.options, *typed, "--seed", "5", "--out", "typed").exit_code == 0
    found = tmp_path / "campaigns" / "one"
    assert (found / "injections.csv").read_bytes() == Path("typed/injections.csv").read_bytes()
    assert len(rows(found)) == 9
    assert list(Path.cwd().iterdir()) == [Path.cwd() / "typed"]


def test_the_command_line_wins(sassafras: Type, files: Any, tmp_path: Path) -> None:
    study = write(tmp_path, STUDY)
    result = sassafras(
        "run", "--injections", "4", "--out", "four", "--config", study, "--models", "zero-value"
    )
    assert result.exit_code == 0, result.output
    assert len(rows("four")) == 4
    assert set(rows("four")["model"]) == {"zero-value"}
    assert not (tmp_path / "campaigns").exists()


def test_a_run_writes_what_repeats_it(sassafras: Type, files: Any, tmp_path: Path) -> None:
    """The same rows in another folder; without --out the same campaign goes on."""
    options = ["--kernels", "fill_gpu,add_bias", "--modes", "RF,IOV", "--injections", "7", "--workers", "1"]
    models = ["--models", "RF=single-bit", "--models", "IOV=random-value,zero-value", "--frames", "1"]
    first = sassafras("run", *files.options, *options, *models, "--out", "first", "--tolerance", "0.5")
    assert first.exit_code == 0, first.output
    recipe = Path("first/campaign.toml")
    text = recipe.read_text("utf-8")
    assert text.startswith(f"# sassafras {package.__version__}")
    held = tomllib.loads(text)
    assert held == {
        "preset": "paper",
        "out": ".",
        "modes": "RF,IOV",
        "injections": 7,
        "models": ["RF=single-bit", "IOV=random-value,zero-value"],
        "kernels": "fill_gpu,add_bias",
        "images": str(files.images),
        "frames": 1,
        "network": str(files.cfg),
        "weights": str(files.weights),
        "tolerance": 0.5,
    }
    again = sassafras("run", "--config", recipe, "--out", "again", "--workers", "2")
    assert again.exit_code == 0, again.output
    assert Path("again/injections.csv").read_bytes() == Path("first/injections.csv").read_bytes()
    assert Path("again/campaign.toml").read_bytes() == recipe.read_bytes()
    with open_stored(Path("first")) as one, open_stored(Path("again")) as two:
        assert one.facts.fingerprint == two.facts.fingerprint
    goes_on = sassafras("run", "--config", recipe, "--injections", "8")
    assert "injecting: 2 faults" in goes_on.stderr
    assert len(rows("first")) == 16
    assert tomllib.loads(recipe.read_text())["injections"] == 8


def test_relative_paths_are_made_absolute(
    sassafras: Type, files: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    net = ["--network", "tiny.cfg", "--weights", "./tiny.weights", "--images", "images/"]
    small = [
        "--kernels",
        "fill_gpu",
        "--modes",
        "IOV",
        "--injections",
        "2",
        "--workers",
        "1",
        "--out",
        "deep/one",
    ]
    assert sassafras("run", *net, *small).exit_code == 0
    held = tomllib.loads(Path("deep/one/campaign.toml").read_text())
    assert [held[name] for name in ("network", "weights", "images")] == [
        str(tmp_path / name) for name in ("tiny.cfg", "tiny.weights", "images")
    ]


def test_nothing_is_written_where_nothing_runs(sassafras: Type, files: Any) -> None:
    small = ["--kernels", "fill_gpu", "--modes", "IOV", "--injections", "2", "--workers", "1", "--out", "one"]
    assert sassafras("run", *files.options, *small).exit_code == 0
    before = Path("one/campaign.toml").read_bytes()
    assert sassafras("run", *files.options, *small, "--seed", "9").exit_code == 2
    assert Path("one/campaign.toml").read_bytes() == before
    with open_campaign(Path("one"))[0].store.writing():
        busy = sassafras("run", *files.options, *small, "--injections", "3")
    assert busy.exit_code == 2, busy.output
    assert "is being written by process" in busy.stderr
    assert Path("one/campaign.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "modes = 'RF'\ninjektions = 3\n",
            "study.toml, line 2: no option 'injektions'; did you mean injections?",
        ),
        ("frame_classes = 'drawn'\n", "line 1: no option 'frame_classes'; did you mean frame-classes?"),
        ("xyz = 1\n", "line 1: no option 'xyz'; known: out, preset, modes"),
        ("\n[run]\nseed = 1\n", "line 2: no option 'run'"),
        ("config = 'other.toml'\n", "line 1: no option 'config'"),
        ("help = true\n", "line 1: no option 'help'"),
        ("injections = '12'\n", "line 1: injections is a whole number, not text ('12')"),
        ("injections = 1.5\n", "line 1: injections is a whole number, not a number with a point (1.5)"),
        ("injections = true\n", "line 1: injections is a whole number, not true"),
        ("injections = 0\n", "line 1: injections: Input should be greater than or equal to 1"),
        ("tolerance = 'much'\n", "line 1: tolerance is a number, not text ('much')"),
        ("seed = [1, 2]\n", "line 1: seed is a whole number, not a list"),
        ("modes = 3\n", "line 1: modes is text or a list of texts, not a whole number (3)"),
        ("scope = ['thread']\n", "line 1: scope is text, not a list"),
        ("models = ['zero-value', 3]\n", "line 1: models is text or a list of texts, not a list"),
        ("network = 7\n", "line 1: network is a path, not a whole number (7)"),
        ("out = ''\n", "line 1: out is empty"),
        ("seed = 1\nseed = 2\n", "study.toml: "),
        ("seed = \n", "study.toml: "),
    ],
)
def test_a_bad_file(sassafras: Type, tmp_path: Path, text: str, said: str) -> None:
    result = sassafras("run", "--config", write(tmp_path, text))
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert said in line
    assert "study.toml" in line
    assert not list(Path.cwd().iterdir())


def test_a_file_that_cannot_be_read(sassafras: Type, tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"modes = '\xe9'\n")
    for path, said in (
        (tmp_path / "no.toml", "No such file"),
        (tmp_path, "directory"),
        (tmp_path / "latin.toml", "UTF-8"),
    ):
        result = sassafras("run", "--config", path)
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert path.name in line and said in line


@pytest.mark.parametrize("command", ["profile", "plan"])
def test_other_commands_take_the_file_of_a_run(
    sassafras: Type, files: Any, tmp_path: Path, command: str
) -> None:
    """What only run knows is passed over: it decides nothing there."""
    study = write(tmp_path, STUDY + "frames = 1\n")
    extra = ["--probe", "2"] if command == "plan" else []
    result = sassafras(command, "--config", study, *extra)
    assert result.exit_code == 0, result.output
    assert "add_bias" in result.stdout
    assert "softmax" not in result.stdout
    assert not (tmp_path / "campaigns").exists()
    wrong = sassafras(command, "--config", write(tmp_path, "injektions = 3\n"))
    assert "no option 'injektions'; did you mean injections?" in wrong.stderr


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such names")
def test_a_name_that_toml_cannot_hold(sassafras: Type, files: Any, tmp_path: Path) -> None:
    """A campaign is run all the same; it is said that no file repeats it, and none of before stays."""
    strange = tmp_path / os.fsdecode(b"caf\xe9") / files.cfg.name
    strange.parent.mkdir()
    strange.write_bytes(files.cfg.read_bytes())
    small = ["--kernels", "fill_gpu", "--modes", "IOV", "--injections", "2", "--workers", "1", "--out", "one"]
    assert sassafras("run", *files.options, *small).exit_code == 0
    assert Path("one/campaign.toml").is_file()
    result = sassafras("run", *files.options, "--network", strange, *small)
    assert result.exit_code == 0, result.output
    assert "campaign.toml is not written: a name in it is not UTF-8" in result.stderr
    assert "repeat:" not in result.stdout
    assert not Path("one/campaign.toml").exists()
