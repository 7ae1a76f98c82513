"""``run`` says the outcomes, the worst kernel and where everything is; ``tables`` says the rest."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from tests.cli.small_files import write_files
from tests.report.undrawn import undrawn
from typer.testing import CliRunner, Result

from sassafras.cli.main import app

Type = Callable[..., Result]

TITLE = re.compile(
    r"^(Outcomes.*?|Kernel vul.*?|Layer vul.*?|Critical.*?|Kinds of DUE|Why .*?|AVF .*?) *$", re.MULTILINE
)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A finished campaign of several models, and what its run said."""
    place = tmp_path_factory.mktemp("short")
    files = write_files(place)
    words = ["run", *files.options, "--kernels", "fill_gpu,add_bias,softmax", "--injections", "24"]
    with undrawn():
        run = CliRunner().invoke(app, [*words, "--workers", "1", "--out", str(place / "study")])
    assert run.exit_code == 0, run.output
    return place / "study", run


def test_a_run_is_short(done: tuple[Path, Result]) -> None:
    folder, run = done
    lines = run.stdout.splitlines()
    assert [title.strip() for title in TITLE.findall(run.stdout)] == ["Outcomes"]
    assert len(lines) < 40
    rows = [line.split() for line in lines if line.split()[:1] in (["RF"], ["IOA"], ["IOV"])]
    assert [row[:3] for row in rows] == [[mode, "24", "0"] for mode in ("RF", "IOA", "IOV")]
    assert [line.split(":")[0] for line in lines[-6:]] == [
        "page",
        "tables",
        "figures",
        "rows",
        "repeat",
        "more",
    ] or (
        [line.split(":")[0] for line in lines[-7:]]
        == ["page", "tables", "figures", "rows", "repeat", "more", "not struck"]
    )
    assert f"more:    sassafras tables {folder}" in lines


def test_the_worst_kernel(done: tuple[Path, Result]) -> None:
    """Counted by hand from the rows: the part of a mode's critical faults that are in one kernel."""
    folder, run = done
    rows = pd.read_csv(folder / "injections.csv")
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("worst kernel")]
    said = []
    for mode in ("RF", "IOA", "IOV"):
        critical = rows[
            (rows["mode"] == mode)
            & rows["severity"].isin(["MALFUNCTION", "INVALID_OUTPUT", "LIGHT_MALFUNCTION"])
        ]
        counts = critical["kernel"].value_counts()
        if len(critical) == 0:
            said.append(f"{mode} none critical")
            continue
        best = max(("fill_gpu", "add_bias", "softmax"), key=lambda k: counts.get(k, 0))
        share = 100 * counts[best] / len(critical)
        said.append(f"{mode} {best} {share:.1f} % ({counts[best]} of {len(critical)})")
    assert line == "worst kernel, by its part of the mode's critical faults: " + ", ".join(said)


def test_tables_print_the_rest(done: tuple[Path, Result]) -> None:
    """All that a run said before it was short: the AVF of the register file, too, at any tolerance."""
    folder, _ = done
    told = CliRunner().invoke(app, ["tables", str(folder)])
    assert told.exit_code == 0, told.output
    titles = [title.strip() for title in TITLE.findall(told.stdout)]
    for wanted in (
        "Outcomes",
        "Outcomes by fault model",
        *(f"Kernel vulnerability (CKV), mode {mode}" for mode in ("RF", "IOA", "IOV")),
        *(f"Layer vulnerability (CLV), mode {mode}" for mode in ("RF", "IOA", "IOV")),
        "Critical, by kernel",
        "Critical, by layer",
        "Kinds of DUE",
        "Why faults were masked",
        "Ranking by CKV of critical faults",
        "AVF of the register file, GTX 750 Ti",
    ):
        assert wanted in titles or f"{wanted} (1 of 2)" in told.stdout, titles
    strict = CliRunner().invoke(app, ["tables", str(folder), "--tolerance", "0.5"])
    avf = told.stdout.index("AVF of the register file")
    assert told.stdout[avf:] == strict.stdout[strict.stdout.index("AVF of the register file") :]


def test_tables_without_what_a_run_wrote(done: tuple[Path, Result], tmp_path: Path) -> None:
    """Modelled seconds are in avf.csv; without it, or with another one, that table is left out."""

    folder = tmp_path / "copy"
    shutil.copytree(done[0], folder)
    for text in (None, "launch,seconds\n0,1.0\n", "nonsense"):
        (folder / "avf.csv").unlink(missing_ok=True)
        if text is not None:
            (folder / "avf.csv").write_text(text)
        told = CliRunner().invoke(app, ["tables", str(folder)])
        assert told.exit_code == 0, told.output
        assert "Why faults were masked" in told.stdout
        assert "AVF" not in told.stdout


def test_a_goal_is_part_of_the_answer(done: tuple[Path, Result]) -> None:
    """With --until: whether it was reached."""
    folder, _ = done
    again = CliRunner().invoke(
        app,
        [
            "run",
            "--config",
            str(folder / "campaign.toml"),
            "--until",
            "30%",
            "--modes",
            "RF",
            "--workers",
            "1",
        ],
    )
    assert again.exit_code == 0, again.output
    assert "Sequential stop" in again.stdout
    assert "±30.0 %, looked at after" in " ".join(again.stdout.split())
