"""What cached results depend on: the files that matter, all of them and no others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sassafras import sources
from sassafras.sources import PACKAGE, source_key, sources_of

ARMED = ("emulator.armed_function", "emulator.drivers", "isa.parser")
PLAIN = ("emulator.plain", "emulator.drivers", "isa.parser")
GEMM = ("kernels.gemm_ir", "building")
COUNTS = ("emulator.machine", "isa.parser", "architectures")
WATCHED = ("simulation.watched_once", "emulator.machine", "isa.parser")

MATTERS = [
    (ARMED, "emulator/semantics/shift.py"),
    (ARMED, "emulator/drivers.py"),
    (ARMED, "isa/opcodes/maxwell_memory.py"),
    (ARMED, "building.py"),
    (PLAIN, "isa/slicing.py"),
    (GEMM, "kernels/gemm_tile.py"),
    (GEMM, "native.py"),
    (COUNTS, "emulator/context.py"),
    (COUNTS, "architectures/sm_53.py"),
    (WATCHED, "simulation/watch.py"),
    (WATCHED, "simulation/observed.py"),
    (WATCHED, "simulation/races.py"),
    (WATCHED, "simulation/unwritten.py"),
    (WATCHED, "isa/reach.py"),
    (WATCHED, "isa/opcodes/maxwell_integer.py"),
    (WATCHED, "emulator/watched.py"),
    (WATCHED, "emulator/warp_drivers.py"),
    (WATCHED, "emulator/semantics/shift.py"),
]
DOES_NOT = [
    (ARMED, "emulator/armed.py"),
    (ARMED, "emulator/plain.py"),
    (ARMED, "emulator/profile.py"),
    (PLAIN, "emulator/armed_function.py"),
    (PLAIN, "architectures/sm_50.py"),
    (GEMM, "kernels/elementwise.py"),
    (GEMM, "__init__.py"),
    (COUNTS, "kernels/gemm_ir.py"),
    (COUNTS, "report/table.py"),
    (WATCHED, "simulation/wave.py"),
    (WATCHED, "simulation/faulty_launch.py"),
    (WATCHED, "campaign/fidelity.py"),
]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied = tmp_path / "sassafras"
    shutil.copytree(PACKAGE, copied, ignore=lambda folder, names: [n for n in names if _is_data(folder, n)])
    monkeypatch.setattr(sources, "PACKAGE", copied)
    return copied


def _is_data(folder: str, name: str) -> bool:
    return not Path(folder, name).is_dir() and not name.endswith(".py")


@pytest.mark.parametrize(("modules", "file"), MATTERS)
def test_touching_a_file_that_matters_changes_the_key(
    modules: tuple[str, ...], file: str, package: Path
) -> None:
    before = source_key.__wrapped__(*modules)
    (package / file).write_text((package / file).read_text("utf-8") + "\n", "utf-8")
    assert source_key.__wrapped__(*modules) != before


@pytest.mark.parametrize(("modules", "file"), DOES_NOT)
def test_touching_another_file_keeps_the_key(modules: tuple[str, ...], file: str, package: Path) -> None:
    before = source_key.__wrapped__(*modules)
    (package / file).write_text((package / file).read_text("utf-8") + "\n", "utf-8")
    assert source_key.__wrapped__(*modules) == before


@pytest.mark.parametrize("modules", [ARMED, PLAIN, GEMM, COUNTS, WATCHED, ("kernels.work",)])
def test_every_file_that_python_loads_is_counted(modules: tuple[str, ...]) -> None:
    """Oracle: a fresh interpreter that imports the modules. Packages are loaded on the way to what is in
    them, without deciding anything: all of ours hold a docstring, but the root (it imports on demand).
    """
    text = "; ".join(f"import sassafras.{name}" for name in modules)
    text += "; import sys; print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('sassafras.')])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    loaded = {Path(name) for name in done.stdout.split()}
    assert len(loaded) > 3
    assert {file for file in loaded if file.name != "__init__.py"} <= sources_of(*modules)


def test_a_name_behind_a_comment_in_a_list_of_names_is_imported(package: Path) -> None:
    """A parenthesis in the comment does not end the list."""
    (package / "one.py").write_text("from sassafras.isa import (  # first (of two)\n    kinds,\n)\n", "utf-8")
    assert package / "isa" / "kinds.py" in sources_of("one")


def test_modules_found_by_their_name_are_all_that_may_be(package: Path) -> None:
    (package / "one.py").write_text('import_module(f"sassafras.kernels.add{more}")\n', "utf-8")
    assert sources_of("one") == {package / "one.py"} | sources_of("kernels.add", "kernels.add_bias")
