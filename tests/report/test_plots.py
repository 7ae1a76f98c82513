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
from tests.cli.small_files import write_files
from typer.testing import CliRunner

import sassafras
from sassafras.cli.main import app
from sassafras.report.figures import DPI, STYLE
from sassafras.report.paper_style import METADATA, SIZES, Format, style

pytestmark = pytest.mark.xdist_group("plots")  # they share what takes longest: two campaigns and a study

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


def png(figure: Figure) -> bytes:
    """As the commands save it."""
    assert isinstance(figure, Figure)
    file = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    return file.getvalue()


def written(folder: Path, pattern: str = "*.png") -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in folder.glob(pattern)}


def test_of_a_campaign(place: Path) -> None:
    """Every figure of its folder, to the byte (the front of plans is drawn as for a paper)."""
    first = place / "runs" / "first"
    files = written(first / "figures")
    fit = files.pop("fit")
    found = sassafras.plots(str(first))
    assert set(found) == set(files)
    assert {name for name in files if png(found[name]) != files[name]} == {"harden_pareto"}
    assert png(sassafras.plots(sassafras.fit(first))["fit"]) == fit
    opened = sassafras.open(first)
    assert list(sassafras.plots(opened)) == list(found)
    assert opened.injections() is not None  # whoever opened it closes it


def test_of_a_study(place: Path) -> None:
    first = place / "runs" / "first"
    found = sassafras.plots(sassafras.harden(first, plan="dmr", injections=20))
    assert {name: png(figure) for name, figure in found.items()} == written(first / "figures", "harden_*.png")


def test_of_a_comparison(place: Path) -> None:
    found = sassafras.plots(sassafras.compare(place / "runs" / "first", place / "runs" / "second"))
    assert set(found) == set(written(place / "both"))
    assert all(isinstance(figure, Figure) for figure in found.values())


def test_for_a_paper(place: Path) -> None:
    found = sassafras.plots(place / "runs" / "first", columns=1)
    files = written(place / "paper")
    assert set(found) == set(files)
    for name, figure in found.items():
        file = io.BytesIO()
        with mpl.rc_context(style(SIZES[1])):
            figure.savefig(file, format="png", dpi=300, metadata=dict(METADATA[Format.PNG]))
        assert file.getvalue() == files[name], name


def test_what_cannot_be_drawn(place: Path, tmp_path: Path) -> None:
    first = place / "runs" / "first"
    with pytest.raises(sassafras.SassafrasError, match="columns 3: a figure is 1 or 2 columns wide"):
        sassafras.plots(first, columns=3)
    with pytest.raises(sassafras.SassafrasError, match="holds no campaign"):
        sassafras.plots(tmp_path / "typo")
    with pytest.raises(sassafras.SassafrasError, match="columns are of the plots of a campaign"):
        sassafras.plots(sassafras.fit(first), columns=1)
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
