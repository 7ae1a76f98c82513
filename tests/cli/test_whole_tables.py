"""In a terminal of 80 columns no command cuts a number, or anything else, of its tables."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from tests.cli.small_files import write_files
from tests.cli.test_interchange import NVBITFI_VALUE, SASSIFI_RF, SASSIFI_VALUE
from tests.report.undrawn import undrawn
from tests.report.whole import counted, missing, numbers
from typer.testing import CliRunner, Result

from sassafras.cli.main import app
from sassafras.faults.model import THREAD_MODES
from sassafras.report.renderers import fitting, terminal
from sassafras.report.table import Table as Made
from sassafras.report.tables.kernels import KernelShare, profile
from sassafras.verify import self_check
from sassafras.workload.vocabulary import NETWORK, Vocabulary

WIDTH = 80
FRAMES = 20  #: enough for intervals over frames


def typed(*words: object) -> Result:
    """A command in a terminal of 80 columns."""
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(WIDTH)})
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small network, campaigns of it (plain, stratified, with a goal), and results of other
    tools.
    """
    found = tmp_path_factory.mktemp("whole")
    files = write_files(found, scale=0.5, pictures=FRAMES)
    run = ("run", *files.options, "--workers", 1)
    with undrawn():
        typed(*run, "--injections", 30, "--kernels", "all", "--out", found / "plain")
        typed(*run, "--per-stratum", 3, "--stratify", "layer", "--until", "20%", "--out", found / "strata")
    sassifi, nvbitfi = found / "sassifi", found / "nvbitfi"
    sassifi.mkdir()
    (sassifi / "results-modeinst_value-igid0.bfm0.10.txt").write_text(SASSIFI_VALUE)
    (sassifi / "results-moderf-igidrf.bfm1.10.txt").write_text(SASSIFI_RF)
    nvbitfi.mkdir()
    (nvbitfi / "results-modeinst_value-igid7.bfm0.1000.txt").write_text(NVBITFI_VALUE)
    return found


@dataclass(frozen=True, eq=False)
class Printed:
    """What a command printed as tables: those it made, the parts that reached the terminal, and the text."""

    whole: list[Table]
    parts: list[Table]
    text: str

    def check(self) -> None:
        """Nothing is cut: every number of every table is in the terminal, whole."""
        assert self.parts, "no table was printed"
        assert not missing(self.parts, WIDTH)
        held, shown = (sum((numbers(t) for t in tables), counted([])) for tables in (self.whole, self.parts))
        assert not held - shown
        assert not shown - counted(self.text.splitlines()), "printed otherwise than measured"
        assert "…" not in self.text
        assert len(self.whole) <= len(self.parts), "every table goes through `fitting`"


def watched(monkeypatch: pytest.MonkeyPatch, *words: object) -> Printed:
    """Type a command, and see every table on its way into the terminal."""
    whole: list[Table] = []
    parts: list[Table] = []
    console_print, print_table = Console.print, terminal.print_table

    def seen_print(self: Console, *objects: Any, **named: Any) -> None:
        if self.file is sys.stdout:  # not a text file
            parts.extend(item for item in objects if isinstance(item, Table))
        console_print(self, *objects, **named)

    def seen_table(console: Console, table: Made, vocabulary: Vocabulary = NETWORK) -> None:
        if console.file is sys.stdout:
            whole.append(terminal.laid_out(table, WIDTH))
        print_table(console, table, vocabulary)

    with monkeypatch.context() as patch:
        patch.setattr(Console, "print", seen_print)
        patch.setattr(terminal, "print_table", seen_table)
        done = typed(*words)
    return Printed(whole, parts, done.stdout)


NET = "--network tiny.cfg --weights tiny.weights --images images --workers 1"
COMMANDS = {
    "run": f"run {NET} --frames 1 --injections 4 --out again",
    "tables": "tables plain",
    "tables of strata": "tables strata",
    "harden, short": "harden plain --workers 1 --target 2% --injections 4",
    "harden": "harden --verbose plain --workers 1 --target 2% --injections 4",
    "compare": "compare plain strata",
    "fit": "fit plain --workers 1",
    "plan": "plan plain --rate 100 --half-width 0.1%",
    "plan, strata": "plan strata --rate 100",
    "profile": f"profile {NET} --frames 1",
    "kernels": "kernels",
    "status": "status plain",
    "import": "import sassifi --format sassifi --out imported",
    "import, NVBitFI": "import nvbitfi --format nvbitfi --out imported-nvbitfi",
    "verify": f"verify {NET.removesuffix('--workers 1')}",
}
"""Every command that prints a table; after harden, fit shows what it made."""


@pytest.mark.alike(3)
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.long] * n.startswith(("harden", "fit"))) for n in COMMANDS]
)
def test_no_number_is_cut(name: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr(self_check, "check_rebuilt", lambda arch: None)  # tests/toolchain rebuilds
    watched(monkeypatch, *COMMANDS[name].split()).check()


def test_explain_fits(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    for fault in (0, 1, 5):
        said = typed("explain", "plain", fault).stdout
        assert max(map(len, said.splitlines())) <= WIDTH
        assert "…" not in said


def test_the_profile_of_a_large_network() -> None:
    """Numbers that a small campaign does not reach."""
    large = KernelShare("forward_maxpool", 10**12, 10**12, 10**12, dict.fromkeys(THREAD_MODES, 1 / 3))
    table = terminal.laid_out(profile([large], 1, list(THREAD_MODES)), WIDTH)
    assert not missing(fitting.parts(table, WIDTH), WIDTH)
