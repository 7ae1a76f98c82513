"""Another package brings a kernel: one made here, on the path with its metadata as pip leaves it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sassafras.kernels.programs import FOLDER

ROOT = Path(__file__).parents[2]
ELSEWHERE = ROOT / "tests" / "adding" / "elsewhere"
OUR_HEADERS = (
    "agreement.cuh",
    "copies.cuh",
    "one_result.cuh",
    "KERNEL_dmr.cu",
    "KERNEL_dmr_retry.cu",
    "KERNEL_tmr.cu",
)


def installed(site: Path, entry: str) -> Path:
    """A package ``elsewhere`` in the folder ``site``. ``entry``: its entry point."""
    shutil.copytree(ELSEWHERE, site / "elsewhere")
    for name in OUR_HEADERS:
        shutil.copy(FOLDER / "cuda" / "hardened" / name, site / "elsewhere" / "cuda" / "hardened")
    metadata = site / "elsewhere_kernels-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere-kernels\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[sassafras.kernels]\n{entry}\n")
    return site


def python(site: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, (ROOT / "src", ROOT, site)))
    return subprocess.run(
        [sys.executable, *words],
        cwd=site,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_listed_run_and_hardened_like_ours(tmp_path: Path) -> None:
    site = installed(tmp_path, "negate = elsewhere.negate:NEGATE")
    listed = python(site, "-m", "sassafras", "kernels")
    assert listed.returncode == 0, listed.stderr
    (row,) = [line.split() for line in listed.stdout.splitlines() if "negate" in line]
    assert row == ["negate", "negation", "turn", "signs", "round", "7", "30", "0"]
    code = "from pathlib import Path; from tests.adding.negating import prove; prove(Path('runs'))"
    proved = python(site, "-c", code)
    assert proved.returncode == 0, proved.stderr
    asked = python(site, "-m", "sassafras", "kernels", "negate")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr.startswith("error: ")
    assert len(asked.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("negate = elsewhere.gone:NEGATE", r"elsewhere.gone:NEGATE does not load \(ModuleNotFoundError: "),
        ("negate = elsewhere.negate:GONE", r"elsewhere.negate:GONE does not load \(AttributeError: "),
        ("negate = elsewhere.negate:_twin", r"it is no sassafras.kernels.kernel.Kernel; "),
        ("other = elsewhere.negate:NEGATE", r"its record calls it 'negate'; "),
        ("add = sassafras.kernels.add:ADD", r"there is another one of that name; "),
        ("guard = sassafras.kernels.hardened.guard:GUARD", r"there is another one of that name; "),
    ],
)
def test_a_broken_one_is_one_line_that_names_the_package(tmp_path: Path, entry: str, reason: str) -> None:
    site = installed(tmp_path, entry)
    done = python(site, "-m", "sassafras", "kernels")
    assert (done.returncode, done.stdout) == (2, "")
    name = entry.partition(" ")[0]
    start = f"error: package elsewhere-kernels: its kernel '{name}' cannot be used: "
    assert done.stderr.startswith(start), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert re.search(reason, done.stderr), done.stderr


def test_one_without_machine_code_for_an_architecture_says_so(tmp_path: Path) -> None:
    site = installed(tmp_path, "negate = elsewhere.negate:NEGATE")
    shutil.rmtree(site / "elsewhere" / "listings")
    done = python(site, "-m", "sassafras", "kernels")
    assert done.returncode == 2
    assert done.stderr == (
        "error: package elsewhere-kernels: its kernel 'negate' cannot be used: "
        "there is no machine code beside it for sm_50; mend or uninstall it\n"
    )
