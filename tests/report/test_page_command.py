"""``sassafras report`` as typed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from tests.report.conftest import Finished
from typer.testing import CliRunner, Result

from sassafras.cli.main import app
from sassafras.faults.model import Mode
from sassafras.report.figures.files import Format
from sassafras.report.figures.plotted import SIZES
from sassafras.report.page.material import Material, gather
from sassafras.report.plots import material_figures, write_paper_figures


def typed(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})


@pytest.fixture(scope="module")
def material(finished: Finished) -> Material:
    """Of one mode only: its figures are like the others'."""
    whole = gather(finished.record, finished.shape, finished.results)
    rows = finished.results.injections
    own = replace(finished.results, modes=(Mode.IOA,), injections=rows[rows["mode"] == "IOA"])
    assert whole.hardening is not None
    return replace(whole, results=own, hardening=replace(whole.hardening, results=own))


@pytest.fixture(scope="module")
def written(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything of that mode, for one column."""
    folder = tmp_path_factory.mktemp("paper") / "deep" / "figures"
    write_paper_figures(folder, material, list(Format), SIZES[1])
    return folder


def test_the_page(finished: Finished) -> None:
    before = finished.page.read_bytes()
    finished.page.unlink()
    result = typed("report", finished.campaign.folder)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"page:    {finished.page}\n"
    assert finished.page.read_bytes() == before


def test_the_page_and_the_exit_code_are_of_one_judgement(
    finished: Finished, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The store is read once."""

    def again(place: Path) -> None:
        pytest.fail(f"{place} was read again")

    before = finished.page.read_bytes()
    monkeypatch.setattr("sassafras.campaign.finished.read_finished", again)
    words = ["report", finished.campaign.folder, "--fail-if", "SDC > 0%", "--junit", tmp_path / "j.xml"]
    result = typed(*words)
    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines()[-1].startswith("FAILED: fail if SDC > 0%: it is ")
    assert "SDC &gt; 0%" in finished.page.read_text("utf-8")
    assert 'failures="1"' in (tmp_path / "j.xml").read_text("utf-8")
    finished.page.write_bytes(before)


def test_figures_and_tables_of_a_paper(written: Path) -> None:
    names = {"ckv_IOA", "clv_IOA"}
    tables = names | {f"{event}_{of}" for event in ("critical", "paper_malfunction") for of in ("ckv", "clv")}
    tables |= {
        "avf",
        "glance",
        "table1",
        "outcomes",
        "by_model",
        "due",
        "ranking",
        "harden_ranking",
        "table2",
        "table2_measured",
    }
    tables |= {"front", "points", "failures", "before_after", "replay", "survivors", "deaths_IOA"}
    names |= {f"harden_{name}" for name in set(names)} | {
        "harden_pareto",
        "outcomes",
        "changes",
        "critical_IOA",
    }
    names |= {f"{kind}_IOA" for kind in ("deaths", "groups", "opcodes")}
    names |= {"bits_IOA_REGISTER_INDEX", "bits_IOA_STORE_ADDRESS"}
    for kind, wanted in (("pdf", names), ("svg", names), ("png", names), ("tex", tables), ("csv", tables)):
        assert {path.stem for path in written.glob(f"*.{kind}")} == wanted


@pytest.mark.long
def test_they_are_as_wide_as_a_column_with_letters_inside(written: Path) -> None:
    for path in written.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.width == round(3.45 * 300)
    for path in written.glob("*.pdf"):
        content = path.read_bytes()
        box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ", content)
        assert box
        assert float(box[1]) == pytest.approx(3.45 * 72, abs=0.5)
        assert b"/FontFile2" in content  # TrueType, whole
        assert b"/Type3" not in content
        assert b"CreationDate" not in content
    assert all(
        "<text" not in path.read_text("utf-8") for path in written.glob("*.svg")
    )  # paths: no font needed


def test_latex_has_the_numbers(written: Path, finished: Finished) -> None:
    text = (written / "ckv_IOA.tex").read_text("utf-8")
    assert all(rule in text for rule in (r"\toprule", r"\midrule", r"\bottomrule", r"\label{tab:ckv_IOA}"))
    assert "–" not in text
    rows = finished.results.injections
    own = rows[rows["mode"] == "IOA"]
    (line,) = [line for line in text.splitlines() if line.startswith(r"add\_bias")]
    cells = [cell.strip() for cell in line.removesuffix(r" \\").split("&")]
    kernel = own[own["kernel"] == "add_bias"]
    assert cells[1] == str(len(kernel))
    due = (kernel["outcome"] == "DUE").sum()
    places = len(cells[3].split()[0].partition(".")[2])
    assert cells[3].split()[0] == f"{100 * due / len(own):.{places}f}"
    assert cells[4].startswith("$<$ ")  # made up without a Malfunction
    table = (written / "table1.tex").read_text("utf-8")
    assert table.count(r"\\") == 8


@pytest.mark.long
def test_the_same_campaign_gives_the_same_files(written: Path, material: Material, tmp_path: Path) -> None:
    write_paper_figures(tmp_path, replace(material, hardening=None), list(Format), SIZES[1])
    assert {"ckv_IOA.pdf", "ckv_IOA.tex", "ckv_IOA.csv"} <= {path.name for path in tmp_path.iterdir()}
    assert len(list(tmp_path.glob("*.pdf"))) == len(material_figures(replace(material, hardening=None)))
    for path in tmp_path.iterdir():
        if path.stem == "glance":  # it says what hardening made of each kernel
            continue
        assert path.read_bytes() == (written / path.name).read_bytes(), path.name


@pytest.mark.long
def test_two_columns_as_typed(finished: Finished, tmp_path: Path) -> None:
    result = typed("report", finished.campaign.folder, "--figures", tmp_path, "--format", "png")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        f"page:    {finished.page}",
        f"figures: {tmp_path}/* (.png), tables: {tmp_path}/*.tex, *.csv",
    ]
    names = {
        figure.name for figure in material_figures(gather(finished.record, finished.shape, finished.results))
    }
    assert {path.stem for path in tmp_path.glob("*.png")} == names
    with Image.open(tmp_path / "clv_RF.png") as picture:
        assert picture.width == round(7.1 * 300)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "pdf"], "give --figures OUT too"),
        (["--columns", "1"], "give --figures OUT too"),
        (["--figures", "{tmp}/out", "--columns", "3"], "--columns 3: a figure is 1 or 2 columns wide"),
        (["--figures", "{tmp}/out", "--format", "pfd"], "unknown format 'pfd'; did you mean pdf?"),
        (["--figures", "{tmp}/file"], "is a file; choose a folder"),
    ],
)
def test_refused(finished: Finished, tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "file").write_text("")
    result = typed("report", finished.campaign.folder, *(word.format(tmp=tmp_path) for word in words))
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_no_campaign(tmp_path: Path) -> None:
    result = typed("report", tmp_path)
    assert result.exit_code == 2
    assert "holds no campaign; make one with: sassafras run --out" in result.stderr


def test_an_unfinished_campaign(finished: Finished) -> None:
    store = finished.campaign.store
    settings = finished.campaign.settings
    try:
        store.put_meta("settings", settings.model_copy(update={"injections": 121}).model_dump(mode="json"))
        result = typed("report", finished.campaign.folder)
    finally:
        store.put_meta("settings", settings.model_dump(mode="json"))
    assert result.exit_code == 2
    assert "is unfinished: 360 of 363 injections are stored" in result.stderr
    assert isinstance(finished.results.injections, pd.DataFrame)
