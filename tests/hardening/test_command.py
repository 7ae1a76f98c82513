"""``sassafras harden`` as typed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.cli.small_files import write_files
from tests.hardening.gpu.double import Double, cubin_of
from tests.report.undrawn import undrawn
from typer.testing import CliRunner, Result

from sassafras.cli.harden import make_wish, parse_share
from sassafras.cli.main import app
from sassafras.errors import DeviceError, UsageError
from sassafras.hardening.gpu.cuda import CudaDriver


@pytest.fixture(autouse=True)
def figures_of_one_study(request: pytest.FixtureRequest) -> Iterator[None]:
    with nullcontext() if request.function is test_a_study else undrawn():
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished campaign of a network of the user's own, made by ``sassafras run``."""
    place = tmp_path_factory.mktemp("study")
    files = write_files(place, scale=0.5, pictures=1)
    with undrawn():
        made = typed(
            *("run", *files.options, "--injections", 30, "--workers", 1, "--out", place / "out"),
            *("--kernels", "all"),
        )
    assert made.exit_code == 0, made.output
    return place / "out"


def typed(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "160"})


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    (line,) = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert all(words in line for words in said), line
    assert "Traceback" not in result.output


@pytest.mark.long
def test_a_study(folder: Path) -> None:
    result = typed("harden", folder, "-v", "--workers", 1, "--target", "2%", "--plan", "shs")
    assert result.exit_code == 0, result.output
    for words in ("Ranking by CKV", "Table 2", "Pareto front", "Before and after", "replayed", "target 2 %"):
        assert words in result.stdout
    numbers = json.loads((folder / "harden.json").read_text())
    assert len(numbers["protection"]) == 2
    assert set(numbers["protection"].values()) == {"tmr"}
    assert numbers["protection"].keys() <= {row["kernel"] for row in numbers["ranking"]}
    assert sum(numbers["fresh"]["all"][e]["n"] for e in ("MASKED", "DUE")) <= 90
    table = numbers["table2"]["columns"]
    assert set(table) == {"unhardened", "shs", "dmr", "tmr", "abft"}
    for column in table.values():
        assert column["whole_model"]["seconds"] == pytest.approx(
            sum(kernel["seconds"] for kernel in column["kernels"].values())
        )
    assert table["tmr"]["overhead"] > table["dmr"]["overhead"] > table["unhardened"]["overhead"] == 0
    shown = " ".join(result.stdout.split())
    assert "failures of the whole network, hardened / unhardened" in shown, "every kernel was struck"
    assert "critical failures of the whole network: " in shown and "cannot be told" not in shown
    assert "cost: " in shown and "of the whole network's modelled time" in shown
    assert not numbers["struck"]["others"]
    mixed = {row["failure"]: row for row in numbers["failures"] if row["mode"] == row["model"] == "all"}
    assert mixed["DUE"]["exposure"] > 1 and mixed["DUE"]["mixture"]
    for mode in ("RF", "IOA", "IOV"):
        (row,) = (
            row
            for row in numbers["failures"]
            if (row["mode"], row["model"], row["failure"]) == (mode, "all", "DUE")
        )
        assert row["before"] == pytest.approx(numbers["before"][mode]["DUE"]["share"])
    page = (folder / "report.html").read_text("utf-8")
    assert 'id="failures"' in page and "That is every kernel of an inference." in page
    assert 'id="hardening"' in (folder / "report.html").read_text("utf-8")
    figures = {path.name for path in (folder / "figures").iterdir()}
    for mode in ("RF", "IOA", "IOV"):
        for name in ("ckv", "clv"):
            assert {f"harden_{name}_{mode}.png", f"harden_{name}_{mode}.svg"} <= figures
    assert len(list((folder / "harden").glob("*.sqlite"))) == 2


@pytest.mark.long  # a campaign of its own
def test_a_tolerance_decides_what_is_critical(folder: Path) -> None:
    """In ranking, views, pairs and survivors; measured coverages of another tolerance are not taken over."""
    plan = ("harden", folder, "--workers", 1, "--protect", "im2col_gpu=tmr,softmax=dmr")
    assert typed(*plan).exit_code == 0
    plain = json.loads((folder / "harden.json").read_text())
    result = typed(*plan, "-v", "--tolerance", "0.01", "--fail-if", "CRITICAL.count < 0")
    assert result.exit_code == 0, result.output
    numbers = json.loads((folder / "harden.json").read_text())
    assert (plain["tolerance"], numbers["tolerance"]) == (0, 0.01)
    told = " ".join(result.stdout.split())
    for words in ("of critical faults", "softmax=dmr", "how many were critical"):
        assert f"{words}, tolerance 0.01" in told
    assert "a change of at least 0.01" in told
    stored = {"before": folder / "results.sqlite"}
    (stored["fresh"],) = folder.glob("harden/*softmax=dmr*.fresh.sqlite")
    for view, path in stored.items():
        with sqlite3.connect(path) as db:
            light, large, always = db.execute(
                "SELECT SUM(severity = 'LIGHT_MALFUNCTION'), "
                "SUM(severity = 'LIGHT_MALFUNCTION' AND largest_change >= 0.01), "
                "SUM(severity IN ('MALFUNCTION', 'INVALID_OUTPUT')) FROM injections"
            ).fetchone()
        assert plain[view]["all"]["critical"]["n"] == light + always
        assert numbers[view]["all"]["critical"]["n"] == large + always
    assert (
        sum(row["critical"]["n"] for row in numbers["ranking"]) == numbers["before"]["all"]["critical"]["n"]
    )
    pairs, before = numbers["replay"]["all_kernels"]["all"], plain["replay"]["all_kernels"]["all"]
    assert pairs["pairs"] == before["pairs"]
    assert pairs["critical_before"] <= before["critical_before"]
    assert len(numbers["survivors"]) <= len(plain["survivors"])
    page = (folder / "report.html").read_text("utf-8")
    assert "a change of at least 0.01 of an output value" in page
    assert re.search(r"<b>Before and after: [^<]*, tolerance 0\.01</b>", page)


def test_short_output(folder: Path) -> None:
    """Failures before and after, verdicts and paths; the other tables are in a file, and a verbose command
    prints them.
    """
    plan = ("harden", folder, "--workers", 1, "--protect", "im2col_gpu=tmr,softmax=dmr")
    short, loud, quiet = typed(*plan), typed(*plan, "-v"), typed(*plan, "-q")
    assert short.exit_code == loud.exit_code == quiet.exit_code == 0
    assert short.stdout.startswith("protected: im2col_gpu=tmr,softmax=dmr\n\nFailures, in percent of")
    tables = ("Ranking by CKV", "Table 2", "Pareto front", "Before and after", "The same faults replayed")
    text = (folder / "harden.txt").read_text("utf-8")
    for title in (*tables, "Failures, in percent of"):
        assert text.count(title) == loud.stdout.count(title) == 1
    assert not [title for title in tables if title in short.stdout]
    assert len(short.stdout.splitlines()) < 60
    ends = ["page", "tables", "numbers", "figures", "rows"]
    assert [line.split(":")[0] for line in quiet.stdout.splitlines()] == ends
    assert short.stdout.endswith(quiet.stdout)
    assert quiet.stderr == ""


def test_measured_on_a_gpu(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Double({"im2col_gpu_tmr": 5.0})
    monkeypatch.setattr("sassafras.hardening.gpu.cuda.open_gpu", lambda: driver)
    monkeypatch.setattr("sassafras.hardening.gpu.measurement.compiled", cubin_of)
    result = typed("harden", folder, "-v", "--workers", 1, "--protect", "im2col_gpu=tmr", "--gpu")
    assert result.exit_code == 0, result.output
    assert driver.closed and not driver.memory
    shown = " ".join(result.stdout.split())
    assert "milliseconds of one inference on Double 1 (sm_90), median of 30 inferences" in shown
    measured = shown.partition("Table 2 as measured")[2]
    assert "5.0000" in measured.partition("Pareto")[0]
    table = json.loads((folder / "harden.json").read_text())["table2"]
    assert table["measured_on"] == {"device": "Double 1", "arch": "sm_90", "runs": 30}
    chosen = table["columns"]["chosen"]["measured"]
    assert chosen["kernels"]["im2col_gpu"]["seconds"] == pytest.approx(5e-3)
    assert chosen["kernels"]["im2col_gpu"]["compared_words"] > 0
    assert {kernel["differing_words"] for kernel in chosen["kernels"].values()} == {0}
    launches = sum(kernel["invocations"] for kernel in table["columns"]["chosen"]["kernels"].values())
    assert chosen["whole_model"]["seconds"] == pytest.approx((launches + 4) / 1e3)
    assert chosen["overhead"] == pytest.approx(4 / launches)
    assert table["columns"]["unhardened"]["measured"]["overhead"] == 0


def test_without_a_gpu_nothing_is_begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> CudaDriver:
        raise DeviceError("no NVIDIA driver is installed here; leave out --gpu")

    monkeypatch.setattr("sassafras.hardening.gpu.cuda.open_gpu", missing)
    monkeypatch.setattr("sassafras.hardening.study.study", lambda *_: pytest.fail("begun"))
    refused(typed("harden", folder, "--gpu"), "no NVIDIA driver", "leave out --gpu")


def test_a_plan_of_ones_own_with_abft(folder: Path) -> None:
    result = typed("harden", folder, "--workers", 1, "--protect", "gemm=abft,add_bias=dmr")
    assert result.exit_code == 0, result.output
    numbers = json.loads((folder / "harden.json").read_text())
    assert numbers["protection"] == {"gemm": "abft", "add_bias": "dmr"}
    assert "chosen" in numbers["table2"]["columns"]
    assert "measured_on" not in numbers["table2"], "no GPU was asked"
    assert "measured" not in numbers["table2"]["columns"]["chosen"]


@pytest.mark.long
def test_kernels_that_compute_something_else(folder: Path) -> None:
    wish = "forward_maxpool=first-valid,activate_array=range"
    result = typed("harden", folder, "--workers", 1, "--protect", wish)
    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    assert "without a fault, on 1 frame of the campaign: every bit is that of the unhardened program" in shown
    assert "bounds from 1 frame: the campaign's own images, which have been seen" in shown
    numbers = json.loads((folder / "harden.json").read_text())
    assert numbers["protection"] == {"activate_array": "range", "forward_maxpool": "first-valid"}
    assert len(numbers["calibration"]["bounds"]) == 2
    assert numbers["fault_free"]["other_words"] == numbers["fault_free"]["held"] == 0
    assert numbers["fault_free"]["activations"] > 0
    assert "chosen" in numbers["table2"]["columns"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--protect", "add_bias=abft"), ("add_bias cannot be hardened with abft", "tmr, dmr, dmr-retry")),
        (("--protect", "conv=tmr"), ("no kernel 'conv'", "add_bias")),
        (("--plan", "raid"), ("unknown plan 'raid'", "shs, dmr, tmr, abft")),
        (("--plan", "dmr", "--protect", "gemm=tmr"), ("give one of them",)),
        (("--budget", "5%", "--plan", "dmr"), ("--budget picks a plan",)),
        (
            ("--target", "0.0001%", "--budget", "0"),
            ("leave 0.0001 % or less within", "no protection"),
        ),
        (("--budget", "lots"), ("--budget lots", "5% or 0.05")),
        (("--weights", "due=lots"), ("--weights 'due=lots'", "critical=1,due=0.1")),
    ],
)
def test_bad_wishes(folder: Path, options: tuple[str, ...], said: tuple[str, ...]) -> None:
    refused(typed("harden", folder, "--workers", 1, *options), *said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        *((("--target", text), (f"--target {text}", "5% or 0.05")) for text in ("-5", "nan", "abc", "inf")),
        *((("--target", text), ("a target of", "below 100 %")) for text in ("0%", "0", "200%", "100%", "2")),
        (("--budget", "nan"), ("--budget nan", "5% or 0.05")),
        (("--top", "3", "--plan", "tmr"), ("--top 3 is of the plan shs",)),
        (("--top", "3", "--protect", "gemm=tmr"), ("--top 3 is of the plan shs",)),
        (("--top", "3", "--budget", "5%"), ("--top 3 is of the plan shs",)),
        (("--top", "3", "--target", "5%"), ("--top 3 is of the plan shs",)),
        (("--weights", "due=nan"), ("--weights 'due=nan'",)),
        (("--injections", str(10**12)), ("faults need at least",)),
    ],
)
def test_wishes_that_mean_nothing(
    folder: Path, options: tuple[str, ...], said: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused before any work: nobody ranks, counts or injects."""

    def work(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("sassafras.hardening.study.rank", work)
    monkeypatch.setattr("sassafras.hardening.study.cost_book", work)
    refused(typed("harden", folder, "--workers", 1, *options), *said)


def test_top_goes_with_its_plan() -> None:
    assert make_wish(None, "shs", 3, None, "5%", None).top == 3
    assert make_wish(None, None, 3, None, None, None).top == 3
    assert make_wish(None, "tmr", None, None, None, None).top is None


def test_no_campaign(tmp_path: Path) -> None:
    refused(typed("harden", tmp_path), "holds no campaign", "sassafras run --out")
    (tmp_path / "results.sqlite").write_bytes(b"not a database at all, but long enough to be read")
    refused(typed("harden", tmp_path), "cannot be read as a campaign's store")


def copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    with sqlite3.connect(folder / "results.sqlite") as source, sqlite3.connect(to / "results.sqlite") as db:
        source.backup(db)
    return to


def change(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "results.sqlite") as db:
        for (guard,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {guard}")
        for statement in statements:
            db.execute(statement)


def test_an_unfinished_campaign(folder: Path, tmp_path: Path) -> None:
    part = copy(folder, tmp_path / "part")
    change(part, "DELETE FROM injections WHERE id > 59")
    refused(typed("harden", part), "is unfinished", "60 of 90", "sassafras run")


def test_a_campaign_of_another_version_or_network(folder: Path, tmp_path: Path) -> None:
    old = copy(folder, tmp_path / "old")
    change(old, """UPDATE meta SET value = replace(value, '"version": "', '"version": "0') """)
    refused(typed("harden", old), "different: version", "have changed since it was made")
    other = copy(folder, tmp_path / "other")
    change(other, "UPDATE meta SET value = replace(value, 'tiny.cfg', 'gone.cfg') WHERE key = 'source'")
    refused(typed("harden", other), "gone.cfg")
    bare = copy(folder, tmp_path / "bare")
    change(bare, "DELETE FROM meta WHERE key = 'source'")
    refused(typed("harden", bare), "does not say what its campaign was made of")


@pytest.mark.parametrize(("text", "value"), [("5%", 0.05), ("0.05", 0.05), (" 0.1 % ", 0.001), ("0", 0.0)])
def test_shares(text: str, value: float) -> None:
    assert parse_share("--budget", text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "%", "-1%", "inf", "nan", "a"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(UsageError, match="give a share"):
        parse_share("--budget", text)


@pytest.mark.long
def test_launches_that_check_and_a_guard(folder: Path) -> None:
    words = ("--workers", 1, "--protect", "gemm=checksum,network=guard", "--injections", 30)
    result = typed("harden", folder, *words)
    assert result.exit_code == 0, result.output
    assert "gemm=checksum,network=guard" in result.stdout
    numbers = json.loads((folder / "harden.json").read_text())
    assert numbers["protection"] == {"gemm": "checksum", "network": "guard"}
    chosen = numbers["table2"]["columns"]["chosen"]
    plain = numbers["table2"]["columns"]["unhardened"]
    guard = numbers["table2"]["techniques"]["network=guard"]["seconds"]
    kernels = sum(kernel["seconds"] for kernel in chosen["kernels"].values())
    assert chosen["whole_model"]["seconds"] == pytest.approx(kernels + guard)
    assert chosen["kernels"]["gemm"]["invocations"] == 3 * plain["kernels"]["gemm"]["invocations"]
    with sqlite3.connect(folder / "harden" / "gemm=checksum+network=guard.fresh.sqlite") as store:
        struck = {kernel for (kernel,) in store.execute("SELECT DISTINCT kernel FROM injections")}
    assert "gemm_check" in struck
    for command in ("report", "fit"):
        shown = typed(command, folder)
        assert shown.exit_code == 0, shown.output
    assert "checksum in gemm and guard in network" in (folder / "report.html").read_text("utf-8")
