from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Files, Study, Type

from sassafras.cli.fit import parse_multi_bit, parse_range, parse_raw
from sassafras.errors import UsageError


@pytest.fixture
def finished(study_of: Study, tmp_path: Path) -> Path:
    return study_of(tmp_path / "run", "--injections", 8, "--workers", 1)


def test_fit_of_a_campaign(sassafras: Type, finished: Path) -> None:
    summary = json.loads((finished / "summary.json").read_text())
    assert summary["avf"]["total"]["n"] == 4
    assert set(summary["avf"]["kernels"]) <= set(summary["modes"]["RF"]["ckv"])
    assert (finished / "avf.csv").is_file()
    done = sassafras("fit", finished, "--workers", 1)
    assert done.exit_code == 0, done.output
    for text in ("AVF of the register file", "FIT of the register file by layer", "SECDED", "gemm"):
        assert text in done.output
    numbers = json.loads((finished / "fit.json").read_text())
    assert numbers["register_file_bits"] == 10_485_760
    assert numbers["limit"]["fit"] == 10
    assert numbers["not_injected"] == ["gemm"]
    assert set(numbers["programs"]) == {"unhardened"}
    assert (finished / "fit.csv").read_text().startswith("program,ecc,by,name,outcome,n,share")
    assert {path.name for path in (finished / "figures").glob("fit.*")} == {"fit.png", "fit.svg"}


def test_own_rates(sassafras: Type, finished: Path) -> None:
    done = sassafras("fit", finished, "--workers", 1, "--raw-fit-per-mbit", "5-10", "--multi-bit-share", "2%")
    assert done.exit_code == 0, done.output
    numbers = json.loads((finished / "fit.json").read_text())
    assert numbers["raw"]["fit_per_mbit"] == [5.0, 10.0]
    assert numbers["raw"]["fit"] == [50.0, 100.0]
    assert (numbers["ecc"]["low"], numbers["ecc"]["high"]) == (0.02, 0.02)


def test_without_gemm_nobody_knows_whether_the_limit_is_kept(sassafras: Type, finished: Path) -> None:
    """What was not injected may do anything: only where that decides nothing there is a verdict."""
    little = sassafras("fit", finished, "--workers", 1, "--raw-fit-per-mbit", "0.001")
    assert "below the limit of 10 FIT, whatever the others do" in " ".join(little.output.split())
    done = sassafras("fit", finished, "--workers", 1, "--raw-fit-per-mbit", "1000")
    said = " ".join(done.output.split())
    assert "whether it is below 10 FIT cannot be told" in said and "FIT from gemm" in said
    assert "inject into every kernel" in said
    numbers = json.loads((finished / "fit.json").read_text())
    assert numbers["limit"]["unhardened_without_ecc"].startswith("cannot be told")
    program = numbers["programs"]["unhardened"]
    assert program["failures_of_the_whole_inference"]["none"].startswith("cannot be told")
    assert program["not_injected_fit_at_most"]["none"] > 10


def test_with_every_kernel_it_says_what_it_is(sassafras: Type, files: Files, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    options = (*files.options, "--injections", 8, "--kernels", "all", "--modes", "RF", "--workers", 1)
    assert sassafras("run", *options, "--out", folder).exit_code == 0
    for rate in ("1e-9", "1000"):
        done = sassafras("fit", folder, "--workers", 1, "--raw-fit-per-mbit", rate)
        assert "cannot be told: some" not in done.output and "whatever the others do" not in done.output
    numbers = json.loads((folder / "fit.json").read_text())
    assert numbers["not_injected"] == []
    assert numbers["programs"]["unhardened"]["not_injected_fit_at_most"] == {"none": 0.0, "SECDED": 0.0}


@pytest.mark.parametrize("text", ["", "x", "-1", "5-2", "1e999", "nan", "1-2-3"])
def test_bad_rates(text: str) -> None:
    with pytest.raises(UsageError, match=r"--raw-fit-per-mbit.*such as 15"):
        parse_range("--raw-fit-per-mbit", text)


def test_ranges() -> None:
    assert parse_range("-", "15") == (15, 15)
    assert parse_range("-", " 1e-2 - 2.5E+1 ") == (0.01, 25)
    assert parse_raw(None) is None
    assert parse_multi_bit(None) is None
    share = parse_multi_bit("0-30%")
    assert share is not None
    assert (share.low, share.high) == (0, 0.3)
    with pytest.raises(UsageError, match="at most 1"):
        parse_multi_bit("1.5")


def test_no_campaign_and_no_strikes(sassafras: Type, files: Files, tmp_path: Path) -> None:
    nothing = sassafras("fit", tmp_path / "nothing")
    assert (nothing.exit_code, "holds no campaign" in nothing.output) == (2, True)
    folder = tmp_path / "iov"
    sassafras("run", *files.options, "--injections", 2, "--modes", "IOV", "--workers", 1, "--out", folder)
    done = sassafras("fit", folder, "--workers", 1)
    assert done.exit_code == 2
    assert "--modes RF --models single-bit" in done.output
