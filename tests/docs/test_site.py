"""The documentation builds as a site without a warning, and asks no other server for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.transcripts import ROOT

import sassafras
from sassafras.isa.opcodes import MAXWELL
from sassafras.simulation.record import COLUMNS

pytestmark = pytest.mark.long  # whether links and names of the documents are right, test_links says at once
LOADED = re.compile(
    r'<(?:script|img|iframe|source)[^>]* src="([^"]+)"|<link[^>]*rel="(?!canonical)[^>]*href="([^"]+)"'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_every_document_has_a_page_in_the_navigation(site: Path) -> None:
    menu = text(site / "index.html")
    for document in (ROOT / "docs").rglob("*.md"):
        page = document.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        assert (site / page).is_file()
        assert f'href="{page}"' in menu or page == "index.html"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    for page in pages:
        for match in LOADED.finditer(text(page)):
            address = match[1] or match[2]
            assert not re.match(r"(?:[a-z]+:)?//", address), f"{page.name} loads {address}"


def test_the_reference_is_that_of_the_code(site: Path) -> None:
    reference = site / "reference"
    opcodes, store, api = (text(reference / f"{name}.html") for name in ("opcodes", "store", "api"))
    assert all(f"<code>{name}</code>" in opcodes for name in MAXWELL)
    assert all(f"<code>{name}</code>" in store for name in COLUMNS)
    public = [name for name in sassafras.__all__ if not name.startswith("__")]
    assert all(f'id="{getattr(sassafras, name).__module__}.{name}"' in api for name in public)
    commands = text(reference / "cli.html")
    assert all(f'<h2 id="{name}">' in commands for name in ("run", "harden", "check", "compare"))
    assert "paper|all|LIST" in commands


def test_the_notebook_is_a_page_and_a_file(site: Path) -> None:
    assert "Download this notebook" in text(site / "notebooks" / "first-campaign.html")
    source = ROOT / "docs" / "notebooks" / "first-campaign.ipynb"
    assert (site / "notebooks" / "first-campaign.ipynb").read_bytes() == source.read_bytes()


def test_every_how_to_page_has_a_picture_and_no_table_an_empty_head(site: Path) -> None:
    listed = (ROOT / "mkdocs.yml").read_text("utf-8").partition("- How to:")[2].partition("- Understand:")[0]
    names = re.findall(r": ([a-z-]+)\.md", listed)
    assert len(names) > 15
    for name in names:
        assert "](images/" in (ROOT / "docs" / f"{name}.md").read_text("utf-8"), name
    for page in site.rglob("index.html"):
        heads = re.findall(r"<th[^>]*>(.*?)</th>", page.read_text("utf-8"), re.DOTALL)
        assert all(head.strip() for head in heads), page
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "images").iterdir()) < 1_200_000
