"""Training itself, where PyTorch is: a Python that has it runs `with_torch`."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def python_with_torch(tmp_path_factory: pytest.TempPathFactory) -> str:
    """This one, if it has PyTorch; the one that SASSAFRAS_TORCH_PYTHON names; else one that is made here with
    the packages of this one and a PyTorch that pip downloads as this machine has it configured.
    """
    if find_spec("torch") is not None:
        return sys.executable
    if named := os.environ.get("SASSAFRAS_TORCH_PYTHON"):
        return named
    home = tmp_path_factory.mktemp("torch")
    venv.create(home, with_pip=True)
    python = str(home / "bin/python")
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    place = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    behind = Path(place.stdout.strip()) / "behind.pth"
    behind.write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "torch"], check=True)
    return python


@pytest.mark.slow
def test_with_torch(python_with_torch: str) -> None:
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    settings = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    command = [
        python_with_torch,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/training/with_torch.py",
    ]
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout
