"""Figures from Python are those that the commands write."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image
from tests.cli.small_files import write_files
from typer.testing import CliRunner

import sassafras
from sassafras.cli.main import app
from sassafras.report.figures.files import DPI
from sassafras.report.figures.plotted import SCREEN, SIZES, Size, style

pytestmark = [
    pytest.mark.long,
    pytest.mark.xdist_group("plots"),  # they share what takes longest: two campaigns and a study
]

DOCUMENT = Path(__file__).parents[2] / "docs" / "plots.md"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished campaigns, the first with a study of hardening, and everything that the commands draw."""
    folder = tmp_path_factory.mktemp("plots")
    files = write_files(folder, scale=0.5, pictures=1)
    first, second = folder / "runs" / "first", folder / "runs" / "second"
    options = [*files.options, "--injections", "30", "--workers", "1", "--kernels", "all"]
    for words in (
        ["run", *options, "--out", first],
        ["run", *options, "--seed", "1", "--out", second],
        ["harden", first, "--plan", "dmr", "--injections", "20", "--workers", "1"],
        ["report", first, "--figures", folder / "paper", "--columns", "1", "--format", "png"],
        ["compare", first, second, "--out", folder / "both"],
        ["fit", first, "--workers", "1"],
    ):
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 0, done.output
    return folder


def pixels(figure: Figure, size: Size = SCREEN) -> bytes:
    """As the commands draw it."""
    assert isinstance(figure, Figure)
    file = io.BytesIO()
    with mpl.rc_context(style(size)):
        figure.savefig(file, format="png", dpi=DPI[size.titled])
    return Image.open(file).tobytes()


def written(folder: Path, pattern: str = "*.png") -> dict[str, bytes]:
    return {path.stem: Image.open(path).tobytes() for path in folder.glob(pattern)}


def test_of_a_campaign(place: Path) -> None:
    """Every figure of its folder, to the pixel, and those of the page."""
    first = place / "runs" / "first"
    files = written(first / "figures")
    fit = files.pop("fit")
    found = sassafras.plots(str(first))
    assert set(found) >= {*files, "outcomes", "deaths_IOV", "opcodes_RF", "groups_IOA", "critical_RF"}
    assert {name: pixels(found[name]) for name in files} == files
    assert pixels(sassafras.plots(sassafras.fit(first))["fit"]) == fit
    opened = sassafras.open(first)
    assert list(sassafras.plots(opened)) == list(found)
    assert opened.injections() is not None  # whoever opened it closes it


def test_of_a_study(place: Path) -> None:
    first = place / "runs" / "first"
    found = sassafras.plots(sassafras.harden(first, plan="dmr", injections=20))
    files = written(first / "figures", "harden_*.png")
    assert {name: pixels(figure) for name, figure in found.items()} == files


def test_of_a_comparison(place: Path) -> None:
    found = sassafras.plots(sassafras.compare(place / "runs" / "first", place / "runs" / "second"))
    assert {name: pixels(figure) for name, figure in found.items()} == written(place / "both")


def test_for_a_paper(place: Path) -> None:
    found = sassafras.plots(place / "runs" / "first", columns=1)
    files = written(place / "paper")
    assert set(found) == set(files)
    chosen = ("ckv_IOV", "deaths_RF", "harden_pareto")
    assert [pixels(found[name], SIZES[1]) for name in chosen] == [files[name] for name in chosen]
    fit = sassafras.plots(sassafras.fit(place / "runs" / "first"), columns=1)["fit"]
    assert fit.get_figwidth() == SIZES[1].width


def test_what_cannot_be_drawn(place: Path, tmp_path: Path) -> None:
    first = place / "runs" / "first"
    with pytest.raises(sassafras.SassafrasError, match="columns 3: a figure is 1 or 2 columns wide"):
        sassafras.plots(first, columns=3)
    with pytest.raises(sassafras.SassafrasError, match="holds no campaign"):
        sassafras.plots(tmp_path / "typo")
    assert not list(tmp_path.iterdir())


def test_the_document(place: Path) -> None:
    """Its example runs as it stands, and its table names every figure that there is."""
    text = DOCUMENT.read_text("utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=place, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    first = place / "runs" / "first"
    assert done.stdout.strip().split(", ") == list(sassafras.plots(first))
    assert (place / "kernels.pdf").read_bytes().startswith(b"%PDF")
    named = [re.escape(name).replace(r"\*", ".*").replace("MODE", "(RF|IOA|IOV)")
             for name in re.findall(r"`([a-z_]+[a-zA-Z_*]*)`", text)]  # fmt: skip
    both = sassafras.compare(first, place / "runs" / "second")
    for name in [*sassafras.plots(first), *sassafras.plots(both), "fit"]:
        assert any(re.fullmatch(one, name) for one in named), name
