"""What `make dist` builds: an archive of the repository, and a wheel of the package that works alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest

import sassafras

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "sassafras"
LEFT_BEHIND = {
    *(".git", ".venv", "build", "dist", "runs", "site", "__pycache__"),
    *(".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
}
FAULTS = 20

pytestmark = pytest.mark.slow  # it downloads: what builds the wheel, and what the wheel needs


def run(command: Sequence[str | Path], folder: Path) -> str:
    """The output of a command that must succeed. It finds no package by ``PYTHONPATH``."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def files(folder: Path) -> Iterator[str]:
    """Those of a checkout, without what the tools leave behind; as paths from ``folder``."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        # git says in a linked worktree where the repository is by a file: .git
        if path.is_file() and not LEFT_BEHIND & set(inside.parts) and path.suffix != ".pyc":
            yield inside.as_posix()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both, made as `make dist` makes them: the wheel from what is in the archive."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--outdir", folder, ROOT], ROOT)
    return folder


def the_only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def test_the_archive_holds_the_whole_repository(built: Path) -> None:
    with tarfile.open(the_only(built, "*.tar.gz")) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert packed - {"PKG-INFO"} == set(files(ROOT))


def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(the_only(built, "*.whl")) as wheel:
        packed = [name for name in wheel.namelist() if ".dist-info/" not in name]
    assert sorted(packed) == sorted(f"sassafras/{name}" for name in files(PACKAGE))


def test_the_wheel_runs_faults_in_an_empty_environment(built: Path, tmp_path: Path) -> None:
    """Installed with what it asks for, by pip as this machine has it configured."""
    home = tmp_path / "environment"
    venv.create(home, with_pip=True)
    bin_ = home / ("Scripts" if os.name == "nt" else "bin")
    run([bin_ / "python", "-m", "pip", "install", "--quiet", the_only(built, "*.whl")], tmp_path)
    where = run([bin_ / "python", "-c", "import sassafras; print(sassafras.__file__)"], tmp_path)
    assert home in Path(where.strip()).parents
    assert run([bin_ / "sassafras", "--version"], tmp_path) == f"sassafras {sassafras.__version__}\n"
    command = ("run", "--modes", "IOV", "--kernels", "all", "--injections", str(FAULTS), "--frames", "1")
    run([bin_ / "sassafras", *command, "--out", "mine"], tmp_path)
    run([bin_ / "sassafras", "export", "mine", "--format", "csv"], tmp_path)
    rows = pd.read_csv(next((tmp_path / "mine").rglob("injections.csv")))
    assert len(rows) == FAULTS
    assert (tmp_path / "mine" / "report.html").is_file()
